import type { Host } from '../hosts/host.js'
import type { HostFacts } from '../model/host.js'
import type { WorkerContext } from '../worker/context.js'
import type { SuiteProject } from './suite-projects.js'

/**
 * The projects of one host: one for each target, and the reference's second pass that shows what is chance. `files`
 * says which suite files a target runs, by its id; without an entry it runs all.
 */
export function listProjects(
  contexts: readonly WorkerContext[],
  host: Host,
  noise: boolean,
  files?: ReadonlyMap<string, readonly string[]>,
): SuiteProject[] {
  return contexts.flatMap(context => {
    const { id, label, reference } = context.target
    const own = files?.get(id)
    const main = {
      name: label,
      context,
      dockerHost: host.dockerHost,
      ...(own === undefined ? {} : { files: own }),
    }
    if (!reference || !noise) return [main]
    return [main, { ...main, name: `${label} (again)`, context: { ...context, pass: 'noise' as const } }]
  })
}

/**
 * How many suite files run at the same time on a host unless the user says so: more than it has CPUs, since
 * half of a file's time goes by waiting for the engine.
 */
export function chooseConcurrency(facts: HostFacts): number {
  return Math.max(2, facts.cpus * 2)
}
