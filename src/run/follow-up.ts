import { attributeRun } from '../attribute/attribute-run.js'
import { compareRun } from '../compare/compare-run.js'
import { buildRunRecord, type RunRecord } from '../compare/run-record.js'
import { planEmulatedTwin } from '../targets/plan.js'
import type { HostsWorld } from './hosts-world.js'
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

/** Suite files with a check that is wrong natively, by the digest of platforms that were not emulated yet. */
function listWrong(record: RunRecord): ReadonlyMap<string, readonly string[]> {
  const findings = attributeRun(record, compareRun(record)).filter(
    ({ kind, cause }) => (kind === 'failure' || kind === 'difference') && cause !== 'image',
  )
  const wrong = new Map<string, Set<string>>()
  for (const target of record.targets) {
    const emulated = record.targets.some(
      other => other.digest === target.digest && other.execution === 'emulated',
    )
    if (target.execution !== 'native' || target.reference || emulated) continue
    for (const finding of findings.filter(each => each.targets.includes(target.id))) {
      for (const id of finding.checks) {
        const file = record.checks.find(({ check }) => check.id === id)?.check.file
        if (file !== undefined) wrong.set(target.digest, (wrong.get(target.digest) ?? new Set()).add(file))
      }
    }
  }
  return new Map([...wrong].map(([digest, files]) => [digest, [...files].sort()]))
}
