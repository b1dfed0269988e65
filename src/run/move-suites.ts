import type { PlanHost } from '../targets/choose-hosts.js'
import { planSubstitute } from '../targets/plan.js'
import type { HostOutcome } from './host-suites.js'
import type { HostsWorld } from './hosts-world.js'
import type { PreparedTarget } from './prepare-targets.js'
import { runOnEach } from './run-on-each.js'

/**
 * Gives what lost hosts left undone to other hosts of the same platform and execution: to those that share the
 * suites, else to one that was not needed until now. It goes on until nothing is left or no host is. Returns the
 * names of all lost hosts.
 */
export async function moveSuites(
  world: HostsWorld,
  prepared: readonly PreparedTarget[],
  files: ReadonlyMap<string, readonly string[]>,
  outcomes: readonly HostOutcome[],
): Promise<ReadonlySet<string>> {
  const lost = new Set<string>()
  let known = [...prepared]
  let assigned = files
  let latest = outcomes
  const everRun = new Map([...files].map(([id, own]) => [id, new Set(own)]))
  for (;;) {
    for (const outcome of latest) if (outcome.lost) lost.add(outcome.host.name)
    const open = listUndone(known, assigned, latest)
    if (open.length === 0 || world.request.signal.aborted) return lost
    const moved = new Map<string, string[]>()
    const movers: PreparedTarget[] = []
    for (const { from, files: undone } of open) {
      const to = await findSubstitute(world, from, known, lost)
      if (to === undefined) continue
      const { id } = to.context.target
      // Where each host runs all suites, the other one has run them already.
      const todo = undone.filter(file => !everRun.get(id)?.has(file))
      if (todo.length === 0) continue
      if (!known.includes(to)) known = [...known, to]
      if (!movers.includes(to)) movers.push(to)
      moved.set(id, [...(moved.get(id) ?? []), ...todo])
      everRun.set(id, new Set([...(everRun.get(id) ?? []), ...todo]))
    }
    if (movers.length === 0) return lost
    assigned = moved
    latest = await runOnEach(world, movers, moved, false)
  }
}

interface Undone {
  readonly from: PreparedTarget
  readonly files: readonly string[]
}

function listUndone(
  known: readonly PreparedTarget[],
  assigned: ReadonlyMap<string, readonly string[]>,
  outcomes: readonly HostOutcome[],
): Undone[] {
  return outcomes
    .filter(outcome => outcome.lost)
    .flatMap(({ host, done }) =>
      known
        .filter(({ context }) => context.target.host === host.name)
        .map(from => {
          const { id } = from.context.target
          return { from, files: (assigned.get(id) ?? []).filter(file => done.get(id)?.has(file) !== true) }
        }),
    )
    .filter(({ files }) => files.length > 0)
}

async function findSubstitute(
  { planHosts, plan, emit, prepare }: HostsWorld,
  from: PreparedTarget,
  known: readonly PreparedTarget[],
  lost: ReadonlySet<string>,
): Promise<PreparedTarget | undefined> {
  const sibling = known.find(
    each => each !== from && isSameWork(each, from) && !lost.has(each.context.target.host),
  )
  if (sibling !== undefined) return sibling
  const alive = planHosts.filter((host: PlanHost) => !lost.has(host.facts.name))
  const named = known.map(each => each.context.target)
  const planned = await planSubstitute(from.planned, alive, named, plan.referenceMs)
  if (planned === undefined) return undefined
  emit({ type: 'target-planned', target: planned.target })
  const [prepared] = await prepare([planned])
  return prepared
}

function isSameWork(one: PreparedTarget, other: PreparedTarget): boolean {
  const [a, b] = [one.context.target, other.context.target]
  return a.digest === b.digest && a.execution === b.execution && a.emulator?.cpu === b.emulator?.cpu
}
