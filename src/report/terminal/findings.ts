import { isMasked } from '../../attribute/draft.js'
import type { Difference, ValueClass } from '../../compare/comparison.js'
import type { Cause, Evidence, Finding } from '../../model/finding.js'
import type { Target } from '../../model/target.js'
import { labelTargets } from '../describe-difference.js'
import type { RunReport } from '../run-report.js'
import { sanitizeLine } from '../sanitize.js'
import { hang } from './layout.js'
import type { Style } from './style.js'

const MAX_CHECKS = 3
const MAX_EVIDENCE = 5
const MAX_DIFFS = 2
const MAX_CLASSES = 2
const MAX_DIFF_LINES = 10

/** The findings, most serious first, each with its evidence, advice and the command that shows it. */
export function renderFindings(report: RunReport, style: Style): string[] {
  const { findings } = report
  if (findings.length === 0) return []
  const lines = [style.colors.bold(findings.length === 1 ? '1 finding' : `${findings.length} findings`)]
  for (const [index, finding] of findings.entries())
    lines.push('', ...renderFinding(finding, index + 1, report, style))
  return lines
}

function renderFinding(finding: Finding, number: number, report: RunReport, style: Style): string[] {
  const { colors, width } = style
  // A warning fails nothing, and its cause is not looked for.
  const head = finding.kind === 'slow' ? 'warning' : finding.cause
  const start = `${number}. ${head}: `
  const [first = '', ...rest] = hang(start, sanitizeLine(finding.title), width)
  const lines = [
    `${number}. ${finding.kind === 'slow' ? colors.yellow(head) : paintCause(finding, style)}: ${colors.bold(first.slice(start.length))}`,
  ]
  lines.push(...rest.map(line => `${' '.repeat(start.length)}${colors.bold(line.trimStart())}`))
  const part = (name: string, text: string) => lines.push(...hang(`   ${name.padEnd(10)}`, text, width))
  const names = new Map(report.record.checks.map(({ check }) => [check.id, check]))
  const files = new Set(finding.checks.map(id => names.get(id)?.file ?? id))
  for (const id of finding.checks.slice(0, MAX_CHECKS)) {
    const check = names.get(id)
    const place = check?.line === undefined ? (check?.file ?? id) : `${check.file}:${check.line}`
    part(
      id === finding.checks[0] ? 'checks' : '',
      sanitizeLine(check === undefined ? id : `${check.name} (${place})`),
    )
  }
  const more = finding.checks.length - MAX_CHECKS
  if (more > 0) part('', `and ${more} more in ${files.size} ${files.size === 1 ? 'file' : 'files'}`)
  const diffs = renderDiffs(finding, report, style)
  const evidence = groupEvidence(finding.evidence.filter(one => diffs.length === 0 || one.kind !== 'value'))
  for (const [index, one] of evidence.slice(0, MAX_EVIDENCE).entries()) {
    const where = one.targets.length === 0 ? '' : `${sayTargets(one.targets, report.record.targets)}: `
    part(index === 0 ? 'evidence' : '', sanitizeLine(`${where}${one.text}`, 400))
  }
  if (evidence.length > MAX_EVIDENCE) part('', `and ${evidence.length - MAX_EVIDENCE} more`)
  lines.push(...diffs)
  part('advice', sanitizeLine(finding.advice, 600))
  // Commands stay on one line, to be copied.
  for (const [index, command] of finding.reproduce.entries()) {
    lines.push(`   ${(index === 0 ? 'reproduce' : '').padEnd(10)}${colors.cyan(sanitizeLine(command, 2000))}`)
  }
  return lines
}

/** The same fact on several targets is one line. */
function groupEvidence(evidence: readonly Evidence[]): { text: string; targets: string[] }[] {
  const groups = new Map<string, string[]>()
  for (const { text, target } of evidence) {
    const targets = groups.get(text) ?? []
    if (target !== undefined && !targets.includes(target)) targets.push(target)
    groups.set(text, targets)
  }
  return [...groups].map(([text, targets]) => ({ text, targets }))
}

const MAX_LABELS = 3

/** `linux/arm64`, or `linux/arm64, linux/386, linux/s390x and 2 more`. */
function sayTargets(ids: readonly string[], targets: readonly Target[]): string {
  const labels = labelTargets(ids, targets)
  if (labels.length <= MAX_LABELS + 1) return labels.join(', ')
  return `${labels.slice(0, MAX_LABELS).join(', ')} and ${labels.length - MAX_LABELS} more`
}

function paintCause(finding: Finding, { colors }: Style): string {
  const color: Record<Cause, (text: string) => string> = {
    architecture: colors.red,
    image: colors.red,
    unattributed: colors.yellow,
    emulation: colors.magenta,
    nondeterminism: colors.yellow,
    host: colors.yellow,
  }
  return isMasked(finding) ? colors.bold(colors.red(finding.cause)) : color[finding.cause](finding.cause)
}

/** The differences behind a finding: who agrees, and how the finding's targets differ. */
function renderDiffs(finding: Finding, report: RunReport, style: Style): string[] {
  if (finding.kind !== 'difference') return []
  const [id] = finding.checks
  const comparison = report.comparison.checks.find(one => one.check.id === id)
  const concerned = (comparison?.differences ?? []).filter(difference =>
    difference.classes.some(one => one.targets.some(target => finding.targets.includes(target))),
  )
  const lines = concerned
    .slice(0, MAX_DIFFS)
    .flatMap(difference => renderDiff(difference, finding, report, style))
  if (concerned.length > MAX_DIFFS) lines.push(`             and ${concerned.length - MAX_DIFFS} more fields`)
  return lines
}

function renderDiff(difference: Difference, finding: Finding, report: RunReport, style: Style): string[] {
  const { colors, width } = style
  const { targets } = report.record
  const base = difference.classes.find(one => one.base)
  const lines = hang(
    '   differs   ',
    sanitizeLine(`${difference.field} of \`${difference.label}\``, 200),
    width,
  )
  const put = (sign: string, text: string) => {
    const line = `             ${sign} ${sanitizeLine(text, Math.max(20, width - 18))}`
    lines.push(
      sign.startsWith('-') ? colors.red(line) : sign.startsWith('+') ? colors.green(line) : colors.dim(line),
    )
  }
  const isConcerned = (one: ValueClass | undefined) =>
    one?.targets.some(id => finding.targets.includes(id)) === true
  const others = difference.classes.filter(one => one !== base && (isConcerned(one) || isConcerned(base)))
  for (const one of others.slice(0, MAX_CLASSES)) {
    put('---', sayTargets(base?.targets ?? [], targets))
    put('+++', sayTargets(one.targets, targets))
    if (one.diff.length === 0) {
      put('-', base?.value.split('\n', 1)[0] ?? '')
      put('+', one.value.split('\n', 1)[0] ?? '')
    }
    for (const line of one.diff.slice(0, MAX_DIFF_LINES)) put(line.sign, line.text)
    if (one.diff.length > MAX_DIFF_LINES)
      put('…', `${one.diff.length - MAX_DIFF_LINES} more lines in report.json`)
  }
  if (others.length > MAX_CLASSES) put('…', `${others.length - MAX_CLASSES} more values in report.json`)
  return lines
}
