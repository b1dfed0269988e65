import { type HostOutcome, runHostSuites } from './host-suites.js'
import type { HostsWorld } from './hosts-world.js'
import type { PreparedTarget } from './prepare-targets.js'

/** Runs the files of prepared targets, each host by itself: one that fails never stops the others. */
export async function runOnEach(
  world: HostsWorld,
  prepared: readonly PreparedTarget[],
  files: ReadonlyMap<string, readonly string[]>,
  noise: boolean,
): Promise<HostOutcome[]> {
  const { request, emit, hostOf } = world
  const { settings, root, filters, testNamePattern, signal } = request
  const selection = { root, filters, ...(testNamePattern === undefined ? {} : { testNamePattern }) }
  const names = [...new Set(prepared.map(({ context }) => context.target.host))]
  const runs = names.map(name => {
    const contexts = prepared.flatMap(({ context }) => (context.target.host === name ? [context] : []))
    return runHostSuites(hostOf(name), contexts, files, noise, { settings, selection, signal, emit })
  })
  const settled = await Promise.allSettled(runs)
  const failed = settled.find(each => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
}
