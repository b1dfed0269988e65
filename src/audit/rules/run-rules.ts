import { createHash } from 'node:crypto'
import { ArchparityError, describeError } from '../../errors.js'
import type { AuditFinding, RuleLevel, Severity } from '../../model/audit.js'
import { compareText } from '../../model/platform.js'
import { showText } from './common/describe.js'
import { AUDIT_RULES } from './index.js'
import type { AuditRule, RuleHit, RuleInput } from './rule.js'

const MAX_PATHS = 50
const MAX_EVIDENCE = 20
const MAX_TITLE = 500
const MAX_TEXT = 2000

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note']

/**
 * Applies rules to the platforms of an image. `levels` says how much a rule matters, by id: `off` leaves it out, any
 * other level stands for all of its hits but notes; `only` leaves out every rule that it does not name. Findings come most serious first, then in the rules' order, then by platform
 * and subject. Throws `INTERNAL` naming the rule where one throws: a rule that failed must not look like a silent one.
 */
export function runRules(
  input: RuleInput,
  levels: Readonly<Partial<Record<string, RuleLevel>>> = {},
  only?: readonly string[],
  rules: readonly AuditRule[] = AUDIT_RULES,
): readonly AuditFinding[] {
  const labels = input.views.map(view => view.label)
  const findings = rules
    .filter(rule => levels[rule.id] !== 'off' && (only === undefined || only.includes(rule.id)))
    .flatMap(rule => {
      const level = levels[rule.id]
      const hits = mergeHits(checkRule(rule, input), input)
      return hits.map(hit => makeFinding(rule, hit, level === 'off' ? undefined : level, labels))
    })
  return orderFindings(findings, rules, labels)
}

function checkRule(rule: AuditRule, input: RuleInput): readonly RuleHit[] {
  try {
    return rule.check(input)
  } catch (error) {
    throw new ArchparityError(
      'INTERNAL',
      `The rule ${rule.id} of the audit failed: ${describeError(error)}`,
      {
        hint: `Please report this. \`--rule ${rule.id}=off\` leaves the rule out.`,
        cause: error,
      },
    )
  }
}

/** One finding for what is wrong in the same words on several platforms. */
function mergeHits(hits: readonly RuleHit[], { views }: RuleInput): readonly RuleHit[] {
  const merged = new Map<string, [RuleHit, ...RuleHit[]]>()
  for (const hit of hits) {
    const [label] = hit.platforms
    const view = hit.platforms.length === 1 ? views.find(each => each.label === label) : undefined
    // A title may hold a path with the platform's own words.
    const title = view?.neutralizePath(hit.title) ?? hit.title
    const key = `${hit.severity ?? ''}\0${hit.subject}\0${title}`
    const known = merged.get(key)
    if (known === undefined) merged.set(key, [hit])
    else known.push(hit)
  }
  return [...merged.values()].map(joinHits)
}

function joinHits([first, ...rest]: readonly [RuleHit, ...RuleHit[]]): RuleHit {
  if (rest.length === 0) return first
  const all = [first, ...rest]
  return {
    ...first,
    platforms: [...new Set(all.flatMap(hit => hit.platforms))],
    paths: [...new Set(all.flatMap(hit => hit.paths ?? []))],
    evidence: takeInTurn(all.map(hit => hit.evidence)),
  }
}

/** The first of each list, then the second of each, so that no platform's evidence is cut for another's. */
function takeInTurn<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const taken: T[] = []
  for (let at = 0; taken.length < MAX_EVIDENCE && lists.some(list => at < list.length); at += 1)
    for (const list of lists) if (at < list.length) taken.push(list[at] as T)
  return taken
}

function makeFinding(
  rule: AuditRule,
  hit: RuleHit,
  level: Severity | undefined,
  labels: readonly string[],
): AuditFinding {
  const named = new Set(hit.platforms)
  // A platform that was demanded and is missing has no view.
  const platforms = [
    ...labels.filter(label => named.has(label)),
    ...[...named].filter(label => !labels.includes(label)),
  ]
  const paths = [...new Set(hit.paths ?? [])].sort(compareText)
  const hash = createHash('sha256').update(hit.subject).digest('hex').slice(0, 12)
  // A user's level is about faults: what a rule itself only remarks on stays a remark.
  const severity = hit.severity === 'note' ? 'note' : (level ?? hit.severity ?? rule.severity)
  return {
    key: `${rule.id}:${platforms.join(',')}:${hash}`,
    rule: rule.id,
    severity,
    title: showText(hit.title, MAX_TITLE),
    platforms,
    paths: paths.slice(0, MAX_PATHS),
    pathCount: paths.length,
    evidence: hit.evidence
      .slice(0, MAX_EVIDENCE)
      .map(each => ({ ...each, text: showText(each.text, MAX_TEXT) })),
    advice: showText(hit.advice, MAX_TEXT),
  }
}

function orderFindings(
  findings: readonly AuditFinding[],
  rules: readonly AuditRule[],
  labels: readonly string[],
): readonly AuditFinding[] {
  const ranks = new Map(rules.map((rule, index) => [rule.id, index]))
  const rank = (finding: AuditFinding) => ranks.get(finding.rule) ?? 0
  const place = (finding: AuditFinding) => {
    const at = labels.indexOf(finding.platforms[0] ?? '')
    return at < 0 ? labels.length : at
  }
  const sorted = [...findings].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      rank(a) - rank(b) ||
      place(a) - place(b) ||
      compareText(a.paths[0] ?? '', b.paths[0] ?? '') ||
      compareText(a.title, b.title) ||
      compareText(a.key, b.key),
  )
  const used = new Map<string, number>()
  return sorted.map(finding => {
    const count = (used.get(finding.key) ?? 0) + 1
    used.set(finding.key, count)
    // One subject may be wrong in two ways or weights on one platform.
    return count === 1 ? finding : { ...finding, key: `${finding.key}:${count}` }
  })
}
