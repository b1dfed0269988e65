import { decodeBytes } from '../compare/bytes.js'
import { type CheckRecord, lastAttempt, type RunRecord } from '../compare/run-record.js'
import type { AuditFinding } from '../model/audit.js'
import type { Evidence } from '../model/finding.js'
import type { Observation } from '../model/observation.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/**
 * Static findings about files that a check touches on a target: programs that it started, files that it read, and
 * files or libraries that its output or an observed text names. Only findings that set this platform apart from another one count: what
 * all platforms share cannot explain why one of them fails.
 */
export function findTouched(check: CheckRecord, target: Target, record: RunRecord): AuditFinding[] {
  const platform = formatPlatform(target.platform)
  const all = record.audit?.summaries.length ?? 0
  const candidates = (record.audit?.findings ?? []).filter(
    finding =>
      finding.severity !== 'note' && finding.platforms.includes(platform) && finding.platforms.length < all,
  )
  if (candidates.length === 0) return []
  const observations = lastAttempt(check.observations, target.id)
  const touched = new Set([
    ...listPrograms(check, observations, target, record),
    ...observations.flatMap(one => (one.kind === 'file' ? [one.path] : [])),
  ])
  const said = observations.map(listOutput).join('\n')
  return candidates.filter(
    finding => finding.paths.some(path => touched.has(path)) || isNamed(finding, platform, said),
  )
}

/** Paths of programs and scripts that ran for the check, and of those whose names its commands use. */
function listPrograms(
  check: CheckRecord,
  observations: readonly Observation[],
  target: Target,
  record: RunRecord,
): string[] {
  const words = new Set(observations.flatMap(listWords))
  return record.programs
    .filter(fact => fact.target === target.id && fact.pass === 'main')
    .filter(
      ({ check: starter, program, name = nameFile(program) }) =>
        starter === check.check.id || words.has(program) || words.has(name),
    )
    .flatMap(({ program, script }) => (script === undefined ? [program] : [script, program]))
}

function listWords(observation: Observation): string[] {
  if (observation.kind !== 'command') return []
  const { command } = observation
  // The image's own command: what it starts is recorded with the container and not with a word.
  return typeof command === 'string' ? command.split(/[\s;|&()]+/) : [...command]
}

function listOutput(observation: Observation): string {
  if (observation.kind === 'value') return typeof observation.value === 'string' ? observation.value : ''
  if (observation.kind !== 'command' && observation.kind !== 'logs') return ''
  return `${decodeBytes(observation.stderr)}\n${decodeBytes(observation.stdout)}`
}

/** Whether the output names a file of the finding, or a library that it says is missing. */
function isNamed(finding: AuditFinding, platform: string, said: string): boolean {
  const own = finding.evidence.filter(one => one.platform === undefined || one.platform === platform)
  const libraries = own.flatMap(({ data }) => (typeof data?.library === 'string' ? [data.library] : []))
  return [...finding.paths, ...libraries].some(name => name.length > 4 && holdsName(said, name))
}

/** Whole names only: `/usr/bin/app` is not named by `/usr/bin/app2`. */
function holdsName(said: string, name: string): boolean {
  for (let at = said.indexOf(name); at >= 0; at = said.indexOf(name, at + 1)) {
    if (!/[\w/.-]/.test(said[at - 1] ?? '') && !/[\w/-]/.test(said[at + name.length] ?? '')) return true
  }
  return false
}

/** What a static finding contributes to a finding about a check. */
export function describeTouched(findings: readonly AuditFinding[], target: Target): Evidence[] {
  return findings.map(finding => ({
    kind: 'static',
    target: target.id,
    text: `static audit, ${finding.rule}: ${finding.title}`,
    data: { rule: finding.rule, key: finding.key, paths: finding.paths.slice(0, 5) },
  }))
}

function nameFile(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
