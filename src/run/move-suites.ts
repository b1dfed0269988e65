import type { Target } from '../model/target.js'
import { planSubstitute } from '../targets/plan.js'
import type { HostOutcome } from './host-suites.js'
import type { HostsWorld } from './hosts-world.js'
import type { PreparedTarget } from './prepare-targets.js'

/** What moving suites works with. */
export interface MoveWorld extends Pick<HostsWorld, 'planHosts' | 'plan' | 'emit' | 'prepare'> {
  readonly signal: AbortSignal
  /** Runs files, by the ids of the targets, on each target's host. */
  readonly run: (
    targets: readonly PreparedTarget[],
    files: ReadonlyMap<string, readonly string[]>,
  ) => Promise<HostOutcome[]>
}

/**
 * Gives what lost hosts left undone to other hosts of the same platform and execution: to those that share the
 * suites, else to one that was not needed until now. It goes on until nothing is left or no host is. Returns the
 * names of all lost hosts.
 */
export async function moveSuites(
  world: MoveWorld,
  prepared: readonly PreparedTarget[],
  files: ReadonlyMap<string, readonly string[]>,
  outcomes: readonly HostOutcome[],
): Promise<ReadonlySet<string>> {
  const lost = new Set<string>()
  const known = [...prepared]
  // A host that could not be made ready for the work is not asked for it again.
  const planned = world.plan.targets.map(({ target }) => target)
  let assigned = files
  let latest = outcomes
  const everRun = new Map([...files].map(([id, own]) => [id, new Set(own)]))
  for (;;) {
    for (const outcome of latest) if (outcome.lost) lost.add(outcome.host.name)
    const open = listUndone(known, assigned, latest)
    if (open.length === 0 || world.signal.aborted) return lost
    const moved = new Map<string, string[]>()
    const movers: PreparedTarget[] = []
    for (const { from, files: undone } of open) {
      const to = findSibling(from, known, lost) ?? (await prepareSubstitute(world, from, planned, lost))
      if (to === undefined) continue
      const { id } = to.context.target
      // Where each host runs all suites, the other one has run them already.
      const todo = undone.filter(file => !everRun.get(id)?.has(file))
      if (todo.length === 0) continue
      if (!known.includes(to)) known.push(to)
      if (!movers.includes(to)) movers.push(to)
      moved.set(id, [...(moved.get(id) ?? []), ...todo])
      everRun.set(id, new Set([...(everRun.get(id) ?? []), ...todo]))
    }
    if (movers.length === 0) return lost
    assigned = moved
    latest = await world.run(movers, moved)
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

/** A target that is ready for the same work, on a host that lives. */
function findSibling(
  from: PreparedTarget,
  known: readonly PreparedTarget[],
  lost: ReadonlySet<string>,
): PreparedTarget | undefined {
  return known.find(
    ({ context: { target } }) => isSameWork(target, from.context.target) && !lost.has(target.host),
  )
}

/** Plans the work on a host that has not been tried for it, adds that to `planned`, and makes it ready if it can be. */
async function prepareSubstitute(
  world: Omit<MoveWorld, 'run' | 'signal'>,
  from: PreparedTarget,
  planned: Target[],
  lost: ReadonlySet<string>,
): Promise<PreparedTarget | undefined> {
  const { planHosts, plan, emit, prepare } = world
  const same = planned.filter(target => isSameWork(target, from.context.target))
  const tried = new Set(same.map(target => target.host))
  const untried = planHosts.filter(({ facts }) => !lost.has(facts.name) && !tried.has(facts.name))
  const substitute = await planSubstitute(from.planned, untried, planned, plan.referenceMs)
  if (substitute === undefined) return undefined
  planned.push(substitute.target)
  emit({ type: 'target-planned', target: substitute.target })
  const [ready] = await prepare([substitute])
  return ready ?? prepareSubstitute(world, from, planned, lost)
}

function isSameWork(one: Target, other: Target): boolean {
  return (
    one.digest === other.digest &&
    one.execution === other.execution &&
    one.emulator?.cpu === other.emulator?.cpu
  )
}
