import type { Observation } from '../model/observation.js'
import type { Target } from '../model/target.js'
import { decodeBytes } from './bytes.js'
import { compareTrusted } from './compare-trusted.js'
import type { Comparison } from './comparison.js'
import { readDeclarations, sumDeclarations } from './declarations.js'
import { createContext, type NormalizeContext } from './normalize/context.js'
import type { RuleCounts } from './normalize/normalize-line.js'
import { findContainerIds, NORMALIZE_RULES } from './normalize/rules.js'
import { makeUserRules, type UserRule } from './normalize/user-rules.js'
import type { RunRecord } from './run-record.js'
import { isAfterLoss } from './settle-results.js'
import { findSiblings } from './siblings.js'

/** Compares every check of a run across its targets. Pure: the same record gives the same comparison. */
export function compareRun(record: RunRecord): Comparison {
  const fired: RuleCounts = new Map()
  const { reference } = record
  const own = makeUserRules(record.started?.comparison?.normalize ?? [])
  const declarations = readDeclarations(record.started?.comparison?.differences ?? [], record.startedAt)
  const contexts = new Map(
    record.targets.map(target => [target.id, describeTarget(record, target, 'main', own)]),
  )
  const repeated = reference === undefined ? [] : [reference, ...findSiblings(reference, record.targets)]
  const noiseContexts = new Map(
    repeated.map(target => [target.id, describeTarget(record, target, 'noise', own)]),
  )
  const world = { targets: record.targets, reference, contexts, noiseContexts, fired, declarations }
  const checks = record.checks.map(check =>
    compareTrusted(check, world, target =>
      isAfterLoss(check.results.get(target.id), target, record.hostLosses),
    ),
  )
  const rules = [...NORMALIZE_RULES, ...own].flatMap(({ name, description }) => {
    const lines = fired.get(name)
    return lines === undefined ? [] : [{ name, description, lines }]
  })
  const isWhole = record.finished?.reason === 'completed' && record.started?.filtered !== true
  return {
    checks,
    rules,
    noiseLearned: record.checks.some(check => check.noise.size > 0),
    declarations: sumDeclarations(declarations, checks, record.targets, isWhole),
  }
}

/** The context in which the normalisation rules read what a target wrote in one pass. */
export function describeTarget(
  record: RunRecord,
  target: Target,
  pass: 'main' | 'noise',
  own: readonly UserRule[] = [],
): NormalizeContext {
  const host = record.hosts.find(one => one.name === target.host)
  const ids = new Set<string>()
  for (const check of record.checks) {
    const seen = (pass === 'main' ? check.observations : check.noiseObservations).get(target.id) ?? []
    for (const observation of seen.flat()) for (const id of learnContainerIds(observation)) ids.add(id)
  }
  return createContext({
    platform: target.platform,
    execution: target.execution,
    containerIds: ids,
    own,
    ...(host === undefined ? {} : { hostArchitecture: host.architecture }),
    ...(record.startedAt === undefined ? {} : { startedAt: record.startedAt }),
    ...(record.endedAt === undefined ? {} : { endedAt: record.endedAt }),
  })
}

const ASKS_FOR_HOST_NAME = /^(?:hostname|uname -n|cat \/etc\/hostname)$/

function learnContainerIds(observation: Observation): string[] {
  switch (observation.kind) {
    case 'command': {
      const { command } = observation
      const text = decodeBytes(observation.stdout)
      const line = typeof command === 'string' ? command.trim() : command.join(' ')
      return [...findContainerIds(text), ...(ASKS_FOR_HOST_NAME.test(line) ? readHostName(text) : [])]
    }
    case 'file':
      return observation.path === '/etc/hostname' ? readHostName(decodeBytes(observation.content)) : []
    case 'logs':
      return [observation.stdout, observation.stderr].flatMap(bytes => findContainerIds(decodeBytes(bytes)))
    case 'http':
      return findContainerIds(decodeBytes(observation.body))
    case 'value':
      return []
  }
}

function readHostName(text: string): string[] {
  const name = text.trim()
  return /^[0-9a-f]{12}$/.test(name) ? [name] : []
}
