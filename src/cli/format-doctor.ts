import pc from 'picocolors'
import type { Advice } from '../doctor/advice.js'
import { findPageSize } from '../doctor/find-page-size.js'
import type { KnownHost } from '../doctor/known-host.js'
import type { ArchparityError } from '../errors.js'
import { redactUrl } from '../hosts/engine-client.js'
import type { HostSpec } from '../hosts/host.js'
import { formatPlatform } from '../model/platform.js'
import { sanitizeLine } from '../report/sanitize.js'
import { hang, measure, pad } from '../report/terminal/layout.js'
import { makeStyle, type Style } from '../report/terminal/style.js'

/** One host and what there is to say of it: it is known, or an error kept it from being asked. */
export type Diagnosis = { readonly spec: HostSpec; readonly advice: readonly Advice[] } & (
  | { readonly known: KnownHost; readonly error?: undefined }
  | { readonly error: ArchparityError; readonly known?: undefined }
)

const GIB = 1024 ** 3
/** Less is told apart from the time that a question takes on its way only by chance. */
const VISIBLE_SKEW_MS = 2000

/** Width and colours of the stream; 100 columns where it is no terminal. */
export function makeDoctorStyle(stream: NodeJS.WriteStream): Style {
  const colors = pc.createColors(stream.isTTY === true && !process.env.NO_COLOR)
  return makeStyle({ colors, width: stream.columns ?? 100 })
}

/** A host's block: what it is, what it runs, what to mend. All that it said itself is made safe to print. */
export function formatDiagnosis({ spec, known, advice }: Diagnosis, style: Style): string {
  const { colors, width } = style
  const lines = [
    `${colors.bold(`host ${sanitizeLine(spec.name)}`)}  ${sanitizeLine(redactUrl(spec.endpoint))}`,
  ]
  if (known !== undefined) {
    for (const [label, text] of describeFacts(known))
      lines.push(...hang(`  ${label.padEnd(7)} `, sanitizeLine(text), width))
    lines.push('', ...formatPlatforms(known, style))
  }
  lines.push('', ...formatAdvice(advice, style))
  if (advice.length === 0) lines.push('  Nothing to mend.')
  return `${lines.join('\n')}\n`
}

/** How many hosts there were, and what is to be done. */
export function formatSummary(diagnoses: readonly Diagnosis[]): string {
  const lost = diagnoses.filter(each => each.error !== undefined).length
  const advice = diagnoses.flatMap(each => each.advice)
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
  const fixes = advice.filter(each => each.severity === 'fix').length
  return `${count(diagnoses.length, 'host')}${lost === 0 ? '' : `, ${lost} not reached`}: ${count(fixes, 'fix').replace(/fixs$/, 'fixes')}, ${count(advice.length - fixes, 'note')}\n`
}

/** The same for machines. */
export function describeAsJson(diagnoses: readonly Diagnosis[]): string {
  const hosts = diagnoses.map(({ spec, known, error, advice }) => ({
    name: spec.name,
    endpoint: redactUrl(spec.endpoint),
    reached: known !== undefined,
    ...(error === undefined ? {} : { code: error.code, message: error.message }),
    ...(known === undefined
      ? {}
      : {
          facts: known.facts,
          emulates: known.emulates,
          aliases: known.aliases,
          platforms: known.platforms.map(({ platform, capability }) => ({
            platform: formatPlatform(platform),
            ...capability,
          })),
        }),
    advice,
  }))
  return `${JSON.stringify({ hosts }, null, 2)}\n`
}

function describeFacts(known: KnownHost): [string, string][] {
  const { facts } = known
  const { engine, cpus, cpuModel, freeDisk, memory } = facts
  const pageSize = findPageSize(known)
  const size = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`
  const cpu = [
    `${cpus} × ${cpuModel ?? facts.architecture}`,
    `${size(memory)} of memory${pageSize === undefined ? '' : ` in pages of ${pageSize / 1024} KiB`}`,
  ]
  return [
    ['reached', `as ${facts.kind}${facts.sameKernel ? ', on this kernel' : ''}`],
    [
      'engine',
      `${engine.name} ${engine.version} (API ${engine.apiVersion}), ${engine.imageStore} image store on ${engine.storageDriver}${engine.rootless ? ', rootless' : ''}`,
    ],
    ['system', `${facts.operatingSystem}, kernel ${facts.kernel}, linux/${facts.architecture}`],
    ['cpu', cpu.join(', ')],
    ['disk', freeDisk === undefined ? 'free space is not known' : `${size(freeDisk)} free`],
    ['clock', describeClock(facts.clockSkewMs)],
  ]
}

function describeClock(skew: number | undefined): string {
  if (skew === undefined) return 'not known'
  if (Math.abs(skew) < VISIBLE_SKEW_MS) return "as this machine's"
  return `${Math.round(Math.abs(skew) / 1000)} s ${skew < 0 ? 'behind' : 'ahead of'} this machine's`
}

function formatPlatforms({ platforms }: KnownHost, { colors, width }: Style): string[] {
  const rows = platforms.map(({ platform, capability }) => ({
    runs: capability.runs,
    name: formatPlatform(platform),
    way: capability.runs ? capability.execution : 'cannot run',
    reason: capability.reason,
  }))
  const nameWidth = Math.max(...rows.map(row => measure(row.name)))
  const wayWidth = Math.max(...rows.map(row => row.way.length))
  return rows.flatMap(({ runs, name, way, reason }) => {
    const mark = runs ? 'ok' : '--'
    const label = `  ${mark}  ${pad(name, nameWidth)}  ${pad(way, wayWidth)}  `
    const [first = '', ...rest] = hang(label, sanitizeLine(reason), width)
    return [first.replace(mark, runs ? colors.green(mark) : colors.red(mark)), ...rest]
  })
}

function formatAdvice(advice: readonly Advice[], { colors, width }: Style): string[] {
  const told = new Set<string>()
  return advice.flatMap(({ severity, title, why, command, where }) => {
    const label = severity === 'fix' ? 'fix ' : 'note'
    const [first = '', ...rest] = hang(`  ${label}  `, sanitizeLine(title, 1000), width)
    const lines = [
      first.replace(label, severity === 'fix' ? colors.red(label) : colors.yellow(label)),
      ...rest,
    ]
    if (why !== undefined) lines.push(...hang('        ', sanitizeLine(why, 1000), width))
    if (command === undefined) return lines
    const place = where === undefined ? '' : `${sanitizeLine(where)}: `
    // A command is never broken: it is there to be copied.
    if (told.has(command)) lines.push(colors.dim('        (the same command)'))
    else lines.push(colors.cyan(`        ${place}${sanitizeLine(command, 4000)}`))
    told.add(command)
    return lines
  })
}
