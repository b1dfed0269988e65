import type { AuditFinding, AuditSummary, Severity } from '../../model/audit.js'
import { shortenDigest } from '../../model/digest.js'
import type { PlatformImage } from '../../model/image.js'
import { formatPlatform } from '../../model/platform.js'
import { sanitizeLine } from '../sanitize.js'
import { hang, measure, pad } from '../terminal/layout.js'
import { makeStyle, type Style, type TerminalOptions } from '../terminal/style.js'
import { type AuditReport, countSeverities, hasFaults } from './audit-report.js'

const MAX_PATHS = 5
const MAX_EVIDENCE = 6

/** Renders the audit for a terminal: what was read of each platform, the findings, and the answer in one line. */
export function renderAudit(report: AuditReport, options: TerminalOptions): string {
  const style = makeStyle(options)
  const faults = report.findings.filter(finding => finding.severity !== 'note')
  const sections = [
    renderHeader(report, style),
    renderPlatforms(report, style),
    renderUnread(report, style),
    ...faults.map((finding, index) => renderFinding(finding, index + 1, report, style)),
    renderNotes(report, style),
    renderAnswer(report, style),
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

function renderHeader({ image }: AuditReport, { colors }: Style): string[] {
  const kind = image.kind === 'index' ? 'index' : 'single manifest'
  const name = sanitizeLine(image.reference.replace(`@${image.digest}`, ''), 300)
  return [colors.bold(name), colors.dim(`${kind} ${sanitizeLine(image.digest)}`)]
}

const HEADINGS = ['PLATFORM', 'DIGEST', 'LAYERS', 'FILES', 'SIZE', 'ELF', 'PACKAGES', 'LIBC', 'FINDINGS']
/** Columns of numbers stand to the right. */
const RIGHT = new Set([2, 3, 4, 5])

function renderPlatforms(report: AuditReport, { colors }: Style): string[] {
  if (report.summaries.length === 0) return []
  const rows = [HEADINGS, ...report.summaries.map(summary => describePlatform(summary, report.findings))]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map(row => measure(row[column] ?? ''))))
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0
      return RIGHT.has(column) ? cell.padStart(width) : pad(cell, width)
    })
    const line = cells.join('  ').trimEnd()
    return index === 0 ? colors.dim(line) : line
  })
}

function describePlatform(summary: AuditSummary, findings: readonly AuditFinding[]): string[] {
  const own = findings.filter(finding => finding.platforms.includes(summary.platform))
  const packages = Object.entries(summary.packages).map(([kind, count]) => `${count} ${kind}`)
  return [
    sanitizeLine(summary.platform, 60),
    shortenDigest(summary.digest),
    String(summary.layers),
    String(summary.files),
    formatSize(summary.bytes),
    String(summary.elfFiles),
    packages.join(', ') || 'none',
    summary.libc ?? '-',
    sayCounts(own) || 'none',
  ]
}

/** Platforms of the image that were left out, so that nobody takes them for judged. */
function renderUnread({ image, summaries }: AuditReport, { colors, width }: Style): string[] {
  const read = new Set(summaries.map(({ digest }) => digest as string))
  const unread = image.platforms.filter(({ manifest }) => !read.has(manifest.digest))
  const name = (platforms: readonly PlatformImage[]) =>
    platforms.map(({ platform }) => sanitizeLine(formatPlatform(platform), 60)).join(', ')
  const foreign = unread.filter(({ platform }) => platform.os !== 'linux')
  const chosen = unread.filter(({ platform }) => platform.os === 'linux')
  return [
    ...(foreign.length > 0 ? hang('Not read, since it is not Linux: ', name(foreign), width) : []),
    ...(chosen.length > 0 ? hang('Left out on request: ', name(chosen), width) : []),
  ].map(line => colors.dim(line))
}

/** One line for each rule: what breaks nothing must not hide what does. */
function renderNotes({ findings }: AuditReport, { colors, width }: Style): string[] {
  const byRule = new Map<string, AuditFinding[]>()
  for (const finding of findings) {
    if (finding.severity !== 'note') continue
    byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding])
  }
  return [...byRule].flatMap(([rule, notes]) => {
    const [first] = notes as [AuditFinding]
    const more = notes.length > 1 ? ` (and ${notes.length - 1} more; --json shows all)` : ''
    const text = `${sanitizeLine(first.title, 300)}${more}`
    return hang(`note, ${rule}: `, text, width).map(line => colors.dim(line))
  })
}

function renderFinding(finding: AuditFinding, number: number, report: AuditReport, style: Style): string[] {
  const { colors, width } = style
  const start = `${number}. ${finding.severity}: `
  const [first = '', ...rest] = hang(start, sanitizeLine(finding.title, 400), width)
  const lines = [
    `${number}. ${paintSeverity(finding.severity, style)}: ${colors.bold(first.slice(start.length))}`,
  ]
  lines.push(...rest.map(line => `${' '.repeat(start.length)}${colors.bold(line.trimStart())}`))
  const part = (name: string, text: string) => lines.push(...hang(`   ${name.padEnd(10)}`, text, width))
  part('rule', finding.rule)
  const all = report.summaries.length === finding.platforms.length && finding.platforms.length > 1
  if (finding.platforms.length > 0) {
    part('platforms', all ? 'all' : finding.platforms.map(name => sanitizeLine(name, 60)).join(', '))
  }
  const paths = finding.paths.slice(0, MAX_PATHS)
  for (const [index, path] of paths.entries()) part(index === 0 ? 'files' : '', sanitizeLine(path, 300))
  if (finding.pathCount > paths.length) part('', `and ${finding.pathCount - paths.length} more`)
  for (const [index, one] of finding.evidence.slice(0, MAX_EVIDENCE).entries()) {
    const where = one.platform === undefined || finding.platforms.length === 1 ? '' : `${one.platform}: `
    part(index === 0 ? 'evidence' : '', sanitizeLine(`${where}${one.text}`, 400))
  }
  const more = finding.evidence.length - MAX_EVIDENCE
  if (more > 0) part('', `and ${more} more (--json shows all)`)
  part('advice', sanitizeLine(finding.advice, 600))
  return lines
}

function paintSeverity(severity: Severity, { colors }: Style): string {
  if (severity === 'error') return colors.red(severity)
  return severity === 'warning' ? colors.yellow(severity) : colors.dim(severity)
}

function renderAnswer(report: AuditReport, { colors, width }: Style): string[] {
  const { summaries, findings, layers, durationMs } = report
  const read = `${layers.read} read, ${layers.cached} from the cache`
  const seconds = (durationMs / 1000).toFixed(1)
  const shape = `${countOf(summaries.length, 'platform')}, ${countOf(layers.read + layers.cached, 'layer')} (${read}) in ${seconds} s`
  const bad = hasFaults(findings)
  const counts = sayCounts(findings)
  const answer = bad
    ? `No parity: ${counts}.`
    : `Nothing found that speaks against parity${counts === '' ? '' : ` (${counts})`}.`
  return [
    colors.dim(shape),
    ...hang('', answer, width).map(line => colors.bold(bad ? colors.red(line) : colors.green(line))),
  ]
}

/** `2 errors, 1 warning`; empty for none. */
function sayCounts(findings: readonly AuditFinding[]): string {
  return Object.entries(countSeverities(findings))
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => countOf(number, severity))
    .join(', ')
}

function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function formatSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
