import { buildRunRecord } from '../compare/run-record.js'
import { planEmulatedTwin } from '../targets/plan.js'
import type { HostsWorld } from './hosts-world.js'
import { listWrong } from './list-wrong.js'
import { runOnEach } from './run-on-each.js'

/**
 * Runs once more under emulation what is wrong natively on a platform that is foreign to this machine: only so it
 * shows whether an emulated run would have hidden the fault. Nothing is wrong, nothing is run.
 */
export async function followUp(world: HostsWorld, lost: ReadonlySet<string>): Promise<void> {
  const { log, plan, planHosts, emit, prepare } = world
  const record = buildRunRecord(log.events)
  const alive = planHosts.filter(host => !lost.has(host.facts.name))
  const files = new Map<string, readonly string[]>()
  const twins = []
  const named = [...record.targets]
  for (const [digest, wrong] of listWrong(record)) {
    const origin = plan.targets.find(each => each.target.digest === digest)
    if (origin === undefined) continue
    const twin = await planEmulatedTwin(origin.image, alive, named, plan.referenceMs)
    if (twin === undefined) continue
    const target = { ...twin.target, followUp: true }
    named.push(target)
    files.set(target.id, wrong)
    emit({ type: 'target-planned', target })
    twins.push({ ...twin, target })
  }
  if (twins.length === 0) return
  await runOnEach(world, await prepare(twins), files, false)
}
