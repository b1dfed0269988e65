import { nameBuiltinPlan } from '../builtin/plan-builtin.js'
import { ArchparityError } from '../errors.js'
import type { Host } from '../hosts/host.js'
import type { RunEvent } from '../model/events.js'
import { pullCredentials } from '../registry/index.js'
import { type Plan, type PlannedTarget, planTargets } from '../targets/plan.js'
import { assignSuites } from './assign-suites.js'
import type { BuiltinPlans } from './audit-stage.js'
import type { EventLog } from './event-log.js'
import { startEventServer } from './event-server.js'
import { followUp } from './follow-up.js'
import type { HostsWorld, RunWorld } from './hosts-world.js'
import { type MoveWorld, moveSuites } from './move-suites.js'
import { type OpenHosts, openHosts } from './open-hosts.js'
import { makeLabels } from './owner.js'
import { describeChoice } from './plan-choice.js'
import { type Preparation, type PreparedTarget, prepareTargets } from './prepare-targets.js'
import { runOnEach } from './run-on-each.js'
import { removeRunContainers, sweepHost } from './sweep.js'

/** Connects to the hosts, plans, pulls and runs. Throws where no host answers or no platform can run. */
export async function runOnHosts(world: RunWorld): Promise<void> {
  const { request, log, runId } = world
  const labels = makeLabels(runId)
  const opened = await openHosts({
    settings: request.settings,
    env: request.env,
    temporary: request.temporary.path,
    labels,
    signal: request.signal,
    ...(request.onNotice === undefined ? {} : { onNotice: request.onNotice }),
  })
  request.onHosts?.(opened.hosts)
  const lost = new Set<string>()
  log.onEvent(event => {
    if (event.type === 'host-lost') lost.add(event.host)
  })
  try {
    tellHosts(opened, log)
    await Promise.all(opened.hosts.map(host => sweepHost(host.engine, request.temporary.path)))
    await runOpened(world, opened, labels)
  } finally {
    // A host that is gone is swept by the next run, by its labels.
    const alive = opened.hosts.filter(host => !lost.has(host.name))
    await Promise.allSettled(alive.map(host => removeRunContainers(host.engine, runId)))
    await opened.endProofs()
    await opened.close()
  }
}

function tellHosts({ hosts, failures }: OpenHosts, log: EventLog): void {
  for (const host of hosts) log.emit({ type: 'host-ready', facts: host.facts })
  for (const { spec, error } of failures) {
    const { code, message, hint } = error
    log.emit({
      type: 'host-lost',
      host: spec.name,
      phase: 'start',
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

async function runOpened(
  world: RunWorld,
  { hosts, planHosts }: OpenHosts,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const { request, log, source, image, audited, suites } = world
  const { settings, root, signal } = request
  const emit = (event: RunEvent) => log.emit(event)
  const plan = await planTargets(image, planHosts, describeChoice(settings, suites.length))
  for (const { target } of plan.targets) emit({ type: 'target-planned', target })
  for (const each of plan.lost) emit({ type: 'coverage-lost', lost: each })
  if (plan.targets.length === 0) throw explainNothingRuns(request.image, plan, hosts)
  const server = await startEventServer(request.temporary.path, emit)
  try {
    const credentials =
      source.source === 'registry'
        ? await pullCredentials(request.image, { insecureRegistries: settings.insecureRegistries })
        : undefined
    const shared = { labels, eventSocket: server.socketPath }
    const onPull = request.onPull ?? (() => {})
    const preparation: Preparation = {
      settings,
      root,
      source,
      image,
      credentials,
      signal,
      shared,
      emit,
      onPull,
    }
    const hostOf = (name: string) => hosts.find(host => host.name === name) as Host
    const prepareBare = (targets: readonly PlannedTarget[]) => prepareTargets(preparation, targets, hostOf)
    const bare = await prepareBare(plan.targets)
    const plans = await audited
    const prepare = async (targets: readonly PlannedTarget[]) => addPlans(await prepareBare(targets), plans)
    const prepared = addPlans(bare, plans)
    signal.throwIfAborted()
    if (prepared.length > 0) await runPrepared({ ...world, emit, plan, planHosts, hostOf, prepare }, prepared)
  } finally {
    await server.close()
  }
}

/** Tells workers what the built-in suites ask; that is known only when the audit is over. */
function addPlans(prepared: readonly PreparedTarget[], plans: BuiltinPlans): PreparedTarget[] {
  return prepared.map(each => {
    const builtin = plans.get(nameBuiltinPlan(each.context.target.platform, each.context.target.digest))
    return builtin === undefined ? each : { ...each, context: { ...each.context, builtin } }
  })
}

/** The main pass on all hosts at once, then what lost hosts left undone, then what is worth a second look. */
async function runPrepared(world: HostsWorld, prepared: readonly PreparedTarget[]): Promise<void> {
  const { request, suites } = world
  const files = assignSuites(prepared, suites)
  const outcomes = await runOnEach(world, prepared, files, request.settings.noise)
  if (request.signal.aborted) return
  const { planHosts, plan, emit, prepare } = world
  const move = { planHosts, plan, emit, prepare, signal: request.signal }
  const run: MoveWorld['run'] = (targets, moved) => runOnEach(world, targets, moved, false)
  const lost = await moveSuites({ ...move, run }, prepared, files, outcomes)
  if (request.signal.aborted || request.settings.execution !== 'auto') return
  await followUp(world, lost)
}

function explainNothingRuns(image: string, plan: Plan, hosts: readonly Host[]): ArchparityError {
  if (hosts.length === 0) {
    return new ArchparityError('NO_RUNNABLE_PLATFORM', `No platform of ${image} can run: no host answers`, {
      hint: '`archparity doctor` says of each host why.',
    })
  }
  const names = hosts.map(host => host.name).join(', ')
  return new ArchparityError(
    'NO_RUNNABLE_PLATFORM',
    `No platform of ${image} can run on host${hosts.length === 1 ? '' : 's'} ${names}`,
    {
      hint:
        plan.lost.find(each => each.fix !== undefined)?.fix ??
        '`archparity plan` says why for each platform.',
    },
  )
}
