import { shortenDigest } from '../../model/digest.js'
import type { HostFacts } from '../../model/host.js'
import { STATUSES } from '../../model/status.js'
import type { Target } from '../../model/target.js'
import { listDeclared, listStaleDeclarations } from '../describe-declared.js'
import type { RunReport } from '../run-report.js'
import { sanitizeLine } from '../sanitize.js'
import { renderFindings } from './findings.js'
import { hang, measure, pad, truncateMiddle } from './layout.js'
import { renderMatrix } from './matrix.js'
import { makeStyle, type Style, type TerminalOptions } from './style.js'

/** Renders what a run prints at its end: header, targets, matrix, findings, what was masked, the verdict. */
export function renderTerminal(report: RunReport, options: TerminalOptions): string {
  const style = makeStyle(options)
  const columns = nameColumns(report.record.targets, style)
  const sections = [
    renderHeader(report, style),
    renderTargets(report, columns, style),
    renderMatrix(report, columns.heads, style),
    renderSuiteErrors(report, style),
    renderFindings(report, style),
    renderNotes(report, style),
    renderVerdict(report, options, style),
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

function renderHeader(report: RunReport, { colors, width }: Style): string[] {
  const { image, started } = report.record
  // The digest has a line of its own.
  const reference = image?.reference.replace(`@${image.digest}`, '')
  const name = sanitizeLine(reference ?? started?.image ?? 'unknown image', 300)
  const lines = [colors.bold(truncateMiddle(name, width))]
  if (image !== undefined) {
    const kind = image.kind === 'index' ? 'index' : 'single manifest'
    const count = image.platforms.length
    const attested =
      image.attestations.length + image.platforms.reduce((sum, one) => sum + one.attestations.length, 0)
    const parts = [
      `${kind} ${sanitizeLine(image.digest)}`,
      `${count} ${count === 1 ? 'platform' : 'platforms'}`,
    ]
    if (attested > 0) parts.push(`${attested} ${attested === 1 ? 'attestation' : 'attestations'}`)
    lines.push(colors.dim(parts.join(', ')))
  }
  return lines
}

interface Columns {
  /** Headings of the matrix, one for each target, in one line or two. */
  readonly heads: readonly (readonly string[])[]
  /** Whether the headings are letters that the list of targets explains. */
  readonly lettered: boolean
}

/**
 * Labels without what all share, what tells a platform's targets apart below its name; or letters where these would
 * leave no room for the names of the checks.
 */
function nameColumns(targets: readonly Target[], style: Style): Columns {
  const labels = targets.map(target => sanitizeLine(target.label, 60))
  const shared = labels.every(label => label.startsWith('linux/'))
  const names = shared ? labels.map(label => label.slice('linux/'.length)) : labels
  const heads = names.map(name => {
    const [platform = '', ...rest] = name.split(' ')
    return rest.length === 0 ? [platform] : [platform, rest.join(' ').replace(/^\((.*)\)$/, '$1')]
  })
  const room = style.width - 30
  if (heads.reduce((sum, head) => sum + Math.max(3, ...head.map(measure)) + 1, 0) <= room)
    return { heads, lettered: false }
  return { heads: targets.map((_, index) => [toLetters(index)]), lettered: true }
}

function toLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`
}

function renderTargets(report: RunReport, columns: Columns, style: Style): string[] {
  const { colors, width } = style
  const { targets, hosts, hostLosses } = report.record
  const several = hosts.length + hostLosses.length > 1
  const labels = targets.map(target => sanitizeLine(target.label, 60))
  const names = hosts.map(host => sanitizeLine(`host ${host.name}`, 60))
  const labelWidth = Math.max(0, ...[...labels, ...names].map(measure))
  const indent = columns.lettered ? ' '.repeat(4) : ''
  const lines = targets.map((target, index) => {
    const letter = columns.lettered ? `${pad(columns.heads[index]?.[0] ?? '', 3)} ` : ''
    const how = target.execution === 'native' ? 'native' : describeEmulator(target)
    const where = several ? ` on ${target.host}` : ''
    const text = sanitizeLine(`${how}${where}${target.reference ? ', reference' : ''}`)
    return placeBeside(
      `${letter}${pad(labels[index] ?? '', labelWidth)}  ${shortenDigest(target.digest)}  `,
      text,
      width,
    )
  })
  const facts = hosts.map((host, index) => {
    const text = sanitizeLine(describeHost(host))
    return placeBeside(`${indent}${pad(names[index] ?? '', labelWidth)}  `, text, width)
  })
  const lost = hostLosses.flatMap(({ host, phase, message }) => {
    const what = phase === 'start' ? 'could not be reached' : 'was lost during the run'
    return hang('! ', sanitizeLine(`host ${host} ${what}: ${message}`, 600), width)
  })
  return [
    ...[...lines, ...facts].flat().map(line => colors.dim(line)),
    ...lost.map(line => colors.yellow(line)),
  ]
}

const MIN_TEXT = 24

/** A text beside what it is about, or below it where there is no room. */
function placeBeside(name: string, text: string, width: number): string[] {
  if (measure(name) + Math.min(MIN_TEXT, measure(text)) <= width) return hang(name, text, width)
  return [truncateMiddle(name.trimEnd(), width), ...hang('    ', text, width)]
}

/** `Docker 28.1.1, kernel 6.6.20 (arm64), ssh://root@pi`; where the local engine answers is nothing new. */
function describeHost({ kind, endpoint, engine, kernel, architecture }: HostFacts): string {
  const way = kind === undefined || kind === 'local' ? '' : `, ${endpoint}`
  return `${engine.name} ${engine.version}, kernel ${kernel} (${architecture})${way}`
}

function describeEmulator({ emulator }: Target): string {
  if (emulator === undefined) return 'emulated'
  const version = emulator.version === undefined ? '' : ` ${emulator.version}`
  return `emulated by ${emulator.name}${version}${emulator.cpu === undefined ? '' : ` as ${emulator.cpu}`}`
}

function renderSuiteErrors(report: RunReport, { colors, width }: Style): string[] {
  const byMessage = new Map<string, { file: string; message: string; targets: string[] }>()
  for (const { file, message, target } of report.record.suiteErrors) {
    const key = `${file}\0${message}`
    const entry = byMessage.get(key) ?? { file, message, targets: [] }
    entry.targets.push(report.record.targets.find(one => one.id === target)?.label ?? target)
    byMessage.set(key, entry)
  }
  const all = report.record.targets.length
  return [...byMessage.values()].flatMap(({ file, message, targets }) => {
    const where = targets.length === all ? '' : ` (${targets.join(', ')})`
    const lines = hang('! ', sanitizeLine(`${file}${where}: ${message}`, 600), width)
    return lines.map((line, index) => (index === 0 ? `${colors.red('!')}${line.slice(1)}` : line))
  })
}

function renderNotes(report: RunReport, style: Style): string[] {
  const { comparison, record, damage } = report
  const { colors, width } = style
  const notes: [string, string][] = listAuditNotes(report)
  const excluded = record.lost.filter(lost => lost.intended).map(lost => lost.platform)
  if (excluded.length > 0) notes.push(['Left out on request: ', excluded.join(', ')])
  for (const text of cutList(listDeclared(comparison, record))) notes.push(['Declared: ', text])
  for (const text of listStaleDeclarations(comparison)) notes.push(['Declared difference: ', text])
  const masks = comparison.checks.flatMap(check => check.masks)
  if (masks.length > 0) {
    const fields = [
      ...new Set(
        masks.map(
          mask =>
            `${mask.reason === 'noise' ? 'all of ' : ''}${mask.field} of \`${sanitizeLine(mask.label, 40)}\`${mask.reason === 'kept-part' ? ` ${mask.what[0] ?? ''}` : ''}`,
        ),
      ),
    ]
    const shown = fields.slice(0, 4).join(', ')
    notes.push(['Masked: ', fields.length > 4 ? `${shown} and ${fields.length - 4} more` : shown])
  }
  const noiseError = record.noiseErrors[0]
  if (noiseError !== undefined) {
    notes.push(['Noise was not learned: ', `${noiseError.file}: ${noiseError.message}`])
  } else if (!comparison.noiseLearned && record.checks.length > 0 && record.targets.length > 1) {
    notes.push(['Noise was not learned: ', 'the reference ran its suites once'])
  }
  if (comparison.rules.length > 0) {
    const rules = comparison.rules.map(rule => `${rule.name} (${rule.lines})`)
    notes.push(['Normalised lines: ', rules.join(', ')])
  }
  const told =
    record.image?.notes.filter(note => note.code === 'orphan-attestation' || note.code === 'foreign-entry') ??
    []
  for (const note of told) notes.push(['Index: ', note.message])
  for (const one of damage.slice(0, 3)) notes.push(['Event log damaged: ', one])
  return notes
    .flatMap(([label, text]) => hang(label, sanitizeLine(text, 1000), width))
    .map(line => colors.dim(line))
}

const MAX_DECLARED = 5

function cutList(texts: readonly string[]): string[] {
  if (texts.length <= MAX_DECLARED) return [...texts]
  return [...texts.slice(0, MAX_DECLARED), `${texts.length - MAX_DECLARED} more in report.json`]
}

const MAX_AUDIT_NOTES = 3

/** One line of figures, so that a silent audit is seen to have happened, and what it only remarks on. */
function listAuditNotes(report: RunReport): [string, string][] {
  const { audit } = report.record
  if (audit === undefined) return []
  const { summaries, finished } = audit
  if (finished?.error !== undefined) return [['Static audit did not finish: ', finished.error.message]]
  const files = summaries.reduce((sum, summary) => sum + summary.files, 0)
  const elf = summaries.reduce((sum, summary) => sum + summary.elfFiles, 0)
  const said = audit.findings.filter(finding => finding.severity === 'note')
  const faults = audit.findings.length - said.length
  const figures = `${count(summaries.length, 'platform')}, ${count(files, 'file')}, ${elf} of them ELF: ${count(faults, 'finding')}`
  const shown = said.slice(0, MAX_AUDIT_NOTES).map(finding => finding.title)
  const more = said.length > shown.length ? [`${said.length - shown.length} more in report.json`] : []
  return [
    ['Static audit: ', figures],
    ...[...shown, ...more].map((text): [string, string] => ['Static audit, note: ', text]),
  ]
}

function renderVerdict(report: RunReport, options: TerminalOptions, { colors, width }: Style): string[] {
  const { verdict, record } = report
  const counts = STATUSES.filter(status => verdict.counts[status] > 0).map(
    status => `${verdict.counts[status]} ${status}`,
  )
  const seconds =
    record.finished === undefined ? '' : ` in ${(record.finished.durationMs / 1000).toFixed(1)} s`
  const shape = `${count(verdict.checks, 'check')} × ${count(verdict.targets, 'target')}${seconds}`
  const lines = hang('', `${shape}: ${counts.join(', ') || 'nothing ran'}`, width)
  const reports = options.reports ?? []
  if (reports.length > 0)
    lines.push(...hang('Reports: ', reports.map(path => sanitizeLine(path)).join(', '), width))
  const paint = {
    parity: colors.green,
    failed: colors.red,
    usage: colors.red,
    interrupted: colors.yellow,
    incomplete: colors.yellow,
  }
  const sentence = hang('', sanitizeLine(verdict.sentence, 600), width)
  return [
    ...lines.map(line => colors.dim(line)),
    ...sentence.map(line => colors.bold(paint[verdict.outcome](line))),
  ]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
