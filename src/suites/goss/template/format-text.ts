import { toText } from '../convert.js'
import type { Plain } from '../goss-suite.js'
import type { TemplateValue } from './template-node.js'

const VERB = /%(?<flags>[-0]*)(?<width>\d{0,3})(?:\.(?<precision>\d{1,2}))?(?<verb>.)/gs

/** Go's printf with the verbs `%s`, `%v`, `%d`, `%q`, `%t`, `%f` and `%%`. Throws an Error for another, or for a wrong count. */
export function formatTemplateText(format: string, values: readonly TemplateValue[]): string {
  let next = 0
  const text = format.replaceAll(VERB, (whole, flags: string, width: string, precision, verb: string) => {
    if (verb === '%') return '%'
    if (!'svdqtf'.includes(verb)) throw new Error(`${whole} is not supported`)
    if (next >= values.length) throw new Error(`${whole} has no value`)
    const value = values[next]
    next += 1
    const written = writeVerb(verb, value as Plain, precision)
    const fill = flags.includes('0') && !flags.includes('-') && verb !== 's' ? '0' : ' '
    return flags.includes('-') ? written.padEnd(Number(width)) : written.padStart(Number(width), fill)
  })
  if (next < values.length) throw new Error('there are more values than verbs')
  return text
}

function writeVerb(verb: string, value: Plain, precision: string | undefined): string {
  if (verb === 'f') return requireNumber(verb, value).toFixed(Number(precision ?? 6))
  if (verb === 'd') {
    const number = requireNumber(verb, value)
    if (!Number.isInteger(number)) throw new Error(`%d: ${number} is no whole number`)
    return String(number)
  }
  if (verb === 't' && typeof value !== 'boolean')
    throw new Error(`%t: ${JSON.stringify(value)} is no boolean`)
  return verb === 'q' ? JSON.stringify(toText(value)) : toText(value)
}

function requireNumber(verb: string, value: Plain): number {
  if (typeof value === 'number') return value
  throw new Error(`%${verb}: ${JSON.stringify(value)} is no number`)
}
