import type { RunRecord } from '../compare/run-record.js'
import type { ProgramExecuted } from '../model/events.js'
import type { Evidence } from '../model/finding.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { type FindingDraft, sayPlatforms } from './draft.js'
import { cut, firstLine } from './evidence.js'
import { showHeader } from './reproduce.js'
import { findTarget, platformsOf } from './world.js'

/** Guard findings, and which faults they explain: a foreign program's checks prove nothing of the platform. */
export interface GuardResult {
  readonly drafts: readonly FindingDraft[]
  readonly isExplained: (check: string, target: string) => boolean
}

/** Finds the programs that ran although they are of another platform than the image says. */
export function findGuards(record: RunRecord): GuardResult {
  const facts = record.programs.filter(fact => !fact.expected && fact.pass === 'main')
  const explained = new Set<string>()
  const whole = new Set<string>()
  const byTarget = new Map<string, ProgramExecuted[]>()
  for (const fact of facts) {
    byTarget.set(fact.target, [...(byTarget.get(fact.target) ?? []), fact])
    if (fact.check === undefined) whole.add(fact.target)
    else explained.add(`${fact.check}\0${fact.target}`)
  }
  for (const check of record.checks) {
    for (const [target, result] of check.results) {
      if (result.errors.length > 0 && result.errors.every(error => error.kind === 'guard')) {
        explained.add(`${check.check.id}\0${target}`)
      }
    }
  }
  const isExplained = (check: string, target: string) =>
    whole.has(target) || explained.has(`${check}\0${target}`)
  return {
    drafts: [...draftGuards(record, byTarget, isExplained), ...draftUnrecorded(record, byTarget)],
    isExplained,
  }
}

interface Group {
  readonly targets: Target[]
  readonly facts: ProgramExecuted[]
}

/** One finding for targets on which the same foreign programs ran, seen by their file, by their process or both. */
function draftGuards(
  record: RunRecord,
  byTarget: ReadonlyMap<string, readonly ProgramExecuted[]>,
  isExplained: GuardResult['isExplained'],
): FindingDraft[] {
  const groups = new Map<string, Group>()
  for (const target of record.targets) {
    const facts = byTarget.get(target.id)
    if (facts === undefined) continue
    const key = `${listMachines(facts).join()}\0${listPrograms(facts).join('\0')}`
    const group = groups.get(key) ?? { targets: [], facts: [] }
    group.targets.push(target)
    group.facts.push(...facts)
    groups.set(key, group)
  }
  return [...groups.values()].map(group => draftGuard(record, group, isExplained))
}

function draftGuard(record: RunRecord, group: Group, isExplained: GuardResult['isExplained']): FindingDraft {
  const { targets, facts } = group
  const programs = listPrograms(facts)
  const machines = listMachines(facts)
  const platforms = platformsOf(targets)
  const checks = record.checks.filter(({ check, results }) =>
    targets.some(target => isExplained(check.id, target.id) && results.get(target.id)?.status !== 'skipped'),
  )
  const one = programs.length === 1
  const which = one ? 'a program' : `${programs.length} programs`
  const kind = machines.length === 0 ? 'of another platform' : `built for ${machines.join(' and ')}`
  const plain = sayPlatforms(platforms)
  return {
    kind: 'guard',
    cause: 'architecture',
    lead: `${machines.join()}\0${programs.join('\0')}`,
    title: () =>
      `${plain} ${platforms.length === 1 ? 'runs' : 'run'} ${which} ${kind}: ${sayPrograms(programs)}`,
    checks: checks.map(({ check }) => check.id),
    targets,
    evidence: facts.map(describeFact),
    advice: `Put the ${plain} build of ${one ? 'this program' : 'these programs'} into that platform's image: what runs now works only where a host happens to run it.`,
    reproduce: targets.slice(0, 1).flatMap(target => showHeader(record, target, programs[0] ?? '')),
  }
}

function describeFact(fact: ProgramExecuted): Evidence {
  const { program, machine, emulator, message } = fact
  const how =
    emulator === undefined ? '' : emulator === 'none' ? ' ran without an emulator' : ` ran under ${emulator}`
  const what = machine === undefined ? '' : ` is ${machine} code`
  const text = `${program}${[what, how].filter(part => part !== '').join(' and') || ' is not what this platform runs'}`
  return { kind: 'executed', target: fact.target, text, data: { program, machine, emulator, message } }
}

/** Guard errors of checks without a recorded program: told as they are. */
function draftUnrecorded(record: RunRecord, byTarget: ReadonlyMap<string, unknown>): FindingDraft[] {
  return record.checks.flatMap(({ check, results }) =>
    [...results].flatMap(([id, result]) => {
      const target = findTarget(record, id)
      const error = result.errors[0]
      if (target === undefined || byTarget.has(id) || error === undefined) return []
      if (!result.errors.every(one => one.kind === 'guard')) return []
      const platform = formatPlatform(target.platform)
      const draft: FindingDraft = {
        kind: 'guard',
        cause: 'architecture',
        lead: firstLine(error.message),
        title: checks => `${platform} runs a program of another platform in ${checks}`,
        checks: [check.id],
        targets: [target],
        evidence: [{ kind: 'error', target: id, text: cut(firstLine(error.message)) }],
        advice: "Put this platform's own build of the program into its image.",
        reproduce: [],
      }
      return [draft]
    }),
  )
}

function listMachines(facts: readonly ProgramExecuted[]): string[] {
  return [...new Set(facts.flatMap(fact => fact.machine ?? []))].sort()
}

/** Programs whose file was read; those that only the process list showed where there are no others. */
function listPrograms(facts: readonly ProgramExecuted[]): string[] {
  const read = facts.filter(fact => fact.machine !== undefined)
  return [...new Set((read.length > 0 ? read : facts).map(fact => fact.program))].sort()
}

function sayPrograms(programs: readonly string[]): string {
  const shown = programs.slice(0, 3).join(', ')
  return programs.length > 3 ? `${shown}, …` : shown
}
