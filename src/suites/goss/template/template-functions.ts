import { Buffer } from 'node:buffer'
import { compilePattern } from '../../compile-pattern.js'
import { toText } from '../convert.js'
import type { Plain } from '../goss-suite.js'
import { formatTemplateText } from './format-text.js'
import type { TemplateValue } from './template-node.js'
import { isTrue, isValueRecord } from './template-value.js'

type TemplateFunction = (
  values: readonly TemplateValue[],
  env: Readonly<Record<string, string>>,
) => TemplateValue

/**
 * Functions of templates: Go's own, goss's and, of Sprig, those that give the same on every machine at every time. What
 * is worked on comes last, as it is piped.
 */
export const TEMPLATE_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  // Go's own.
  not: ([value]) => !isTrue(value),
  eq: ([first, ...others]) => others.some(each => isSame(first, each)),
  ne: ([a, b]) => !isSame(a, b),
  lt: ([a, b]) => compare(a, b) < 0,
  le: ([a, b]) => compare(a, b) <= 0,
  gt: ([a, b]) => compare(a, b) > 0,
  ge: ([a, b]) => compare(a, b) >= 0,
  len: ([value]) => measure(value),
  index: ([value, ...keys]) => keys.reduce(readIndex, value),
  print: values => values.map(writeText).join(''),
  println: values => `${values.map(writeText).join(' ')}\n`,
  printf: ([format, ...values]) => formatTemplateText(requireText(format), values),
  // goss's.
  mkSlice: values => values,
  getEnv: ([name, otherwise], env) => env[requireText(name)] || (otherwise ?? ''),
  regexMatch: ([pattern, text]) => compilePattern(requireText(pattern)).matches(requireText(text)),
  toLower: ([text]) => requireText(text).toLowerCase(),
  toUpper: ([text]) => requireText(text).toUpperCase(),
  // Sprig's: texts.
  lower: ([text]) => writeText(text).toLowerCase(),
  upper: ([text]) => writeText(text).toUpperCase(),
  trim: ([text]) => writeText(text).trim(),
  trimPrefix: ([prefix, text]) =>
    writeText(text).startsWith(writeText(prefix))
      ? writeText(text).slice(writeText(prefix).length)
      : writeText(text),
  trimSuffix: ([suffix, text]) =>
    writeText(suffix) !== '' && writeText(text).endsWith(writeText(suffix))
      ? writeText(text).slice(0, -writeText(suffix).length)
      : writeText(text),
  replace: ([from, to, text]) => writeText(text).replaceAll(writeText(from), () => writeText(to)),
  repeat: ([count, text]) => {
    const times = requireNumber(count)
    if (times < 0 || times * writeText(text).length > 1_000_000) throw new Error('the text would be too long')
    return writeText(text).repeat(times)
  },
  contains: ([part, text]) => writeText(text).includes(writeText(part)),
  hasPrefix: ([prefix, text]) => writeText(text).startsWith(writeText(prefix)),
  hasSuffix: ([suffix, text]) => writeText(text).endsWith(writeText(suffix)),
  quote: values => values.map(each => JSON.stringify(writeText(each))).join(' '),
  squote: values => values.map(each => `'${writeText(each)}'`).join(' '),
  indent: ([width, text]) => indent(requireNumber(width), writeText(text)),
  nindent: ([width, text]) => `\n${indent(requireNumber(width), writeText(text))}`,
  join: ([separator, list]) => requireList(list).map(writeText).join(writeText(separator)),
  splitList: ([separator, text]) => writeText(text).split(writeText(separator)),
  toString: ([value]: readonly TemplateValue[]) => writeText(value),
  toJson: ([value]) => JSON.stringify(value ?? null),
  b64enc: ([text]) => Buffer.from(writeText(text)).toString('base64'),
  b64dec: ([text]) => Buffer.from(writeText(text), 'base64').toString('utf8'),
  // Sprig's: choosing.
  default: ([otherwise, value]) => (isTrue(value) ? value : otherwise),
  coalesce: values => values.find(isTrue),
  ternary: ([yes, no, condition]) => (isTrue(condition) ? yes : no),
  empty: ([value]) => !isTrue(value),
  // Sprig's: lists and dictionaries.
  list: values => values,
  first: ([list]) => requireList(list)[0],
  last: ([list]) => requireList(list).at(-1),
  has: ([value, list]) => requireList(list).some(each => isSame(each, value)),
  uniq: ([list]) =>
    requireList(list).filter((each, at, all) => all.findIndex(other => isSame(other, each)) === at),
  sortAlpha: ([list]) => requireList(list).map(writeText).sort(),
  until: ([count]) => {
    const length = requireNumber(count)
    if (length > 100_000) throw new Error('the list would be too long')
    return Array.from({ length: Math.max(0, length) }, (_, index) => index)
  },
  dict: values =>
    Object.fromEntries(
      values.flatMap((key, at) => (at % 2 === 0 ? [[writeText(key), values[at + 1] ?? '']] : [])),
    ),
  get: ([record, key]) => readKey(record, key) ?? '',
  hasKey: ([record, key]) => readKey(record, key) !== undefined,
  keys: ([record]) => Object.keys(requireRecord(record)).sort(),
  // Sprig's: numbers.
  int: ([value]) => Math.trunc(requireNumber(value)),
  atoi: ([value]) => Math.trunc(requireNumber(value)),
  add: values => values.map(requireNumber).reduce((sum, each) => sum + each, 0),
  add1: ([value]) => requireNumber(value) + 1,
  sub: ([a, b]) => requireNumber(a) - requireNumber(b),
  mul: values => values.map(requireNumber).reduce((product, each) => product * each, 1),
  div: ([a, b]) => Math.trunc(requireNumber(a) / requireDivisor(b)),
  mod: ([a, b]) => requireNumber(a) % requireDivisor(b),
  // Sprig's: the environment.
  env: ([name], env) => env[requireText(name)] ?? '',
}

const writeText = (value: TemplateValue): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : toText(value as Plain)

function requireText(value: TemplateValue): string {
  if (typeof value === 'string') return value
  throw new Error(`${JSON.stringify(value) ?? 'nothing'} is no text`)
}

function requireNumber(value: TemplateValue): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new Error(`${JSON.stringify(value) ?? 'nothing'} is no number`)
}

function requireDivisor(value: TemplateValue): number {
  const number = requireNumber(value)
  if (number === 0) throw new Error('nothing can be divided by 0')
  return number
}

function requireList(value: TemplateValue): readonly TemplateValue[] {
  if (Array.isArray(value)) return value
  throw new Error(`${JSON.stringify(value) ?? 'nothing'} is no list`)
}

function requireRecord(value: TemplateValue): Readonly<Record<string, TemplateValue>> {
  if (isValueRecord(value)) return value
  throw new Error(`${JSON.stringify(value) ?? 'nothing'} is no dictionary`)
}

function readKey(record: TemplateValue, key: TemplateValue): TemplateValue {
  const known = requireRecord(record)
  return Object.hasOwn(known, writeText(key)) ? known[writeText(key)] : undefined
}

function readIndex(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (isValueRecord(value)) return readKey(value, key) ?? null
  const list = requireList(value)
  const at = requireNumber(key)
  if (at < 0 || at >= list.length) throw new Error(`the list has no item ${at}`)
  return list[at]
}

function measure(value: TemplateValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  return Array.isArray(value) ? value.length : Object.keys(requireRecord(value)).length
}

/** Go compares values of one kind alone. */
function isSame(a: TemplateValue, b: TemplateValue): boolean {
  if (
    typeof a !== 'object' &&
    typeof b !== 'object' &&
    typeof a !== typeof b &&
    a !== undefined &&
    b !== undefined
  )
    throw new Error(`${JSON.stringify(a)} and ${JSON.stringify(b)} are of different kinds`)
  return JSON.stringify(a) === JSON.stringify(b)
}

function compare(a: TemplateValue, b: TemplateValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [requireText(a), requireText(b)]
  return left === right ? 0 : left < right ? -1 : 1
}

const indent = (width: number, text: string): string => {
  if (width < 0 || width > 1000) throw new Error('the width must be between 0 and 1000')
  const pad = ' '.repeat(width)
  return pad + text.replaceAll('\n', `\n${pad}`)
}
