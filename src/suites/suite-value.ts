import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml'
import { ArchparityError } from '../errors.js'

/** The file that a value is from: its name for people, the lines of its nodes, and which syntax it is written in. */
export interface SuiteSource {
  readonly file: string
  readonly syntax: 'yaml' | 'json'
  /** Line of an offset, from 1. */
  lineAt(offset: number): number
  resolveAlias(node: Node): Node | undefined
  /** A node as plain JSON values. */
  toJson(node: Node | null | undefined): unknown
  /** What is worth knowing and is no error. */
  warn(message: string): void
}

/** One value of a suite file, with the key that leads to it. */
export interface SuiteValue {
  readonly source: SuiteSource
  readonly key: string
  readonly node: Node | null | undefined
  readonly line: number
}

/** Throws SUITE_INVALID with the file, the line and the key. */
export function rejectValue(value: SuiteValue, problem: string, hint?: string): never {
  const where = value.key === '' ? '' : `${value.key}: `
  throw new ArchparityError('SUITE_INVALID', `${value.source.file}:${value.line}: ${where}${problem}`, {
    ...(hint === undefined ? {} : { hint }),
    details: { file: value.source.file, line: value.line, key: value.key },
  })
}

/** A part of a value, by its key or place. */
function step(parent: SuiteValue, key: string, node: Node | null | undefined, at?: Node): SuiteValue {
  const resolved =
    node !== null && node !== undefined && isAlias(node) ? parent.source.resolveAlias(node) : node
  const offset = at?.range?.[0] ?? node?.range?.[0]
  return {
    source: parent.source,
    key,
    node: resolved,
    line: offset === undefined ? parent.line : parent.source.lineAt(offset),
  }
}

const isNull = ({ node }: SuiteValue): boolean =>
  node === null || node === undefined || (isScalar(node) && node.value === null)

/**
 * The entries of a mapping by key. A key that is not known is an error in YAML, as Go's strict decoding has it; in
 * JSON, where that decoding takes keys in any case and skips what it does not know, it is a warning.
 */
export const readEntries = (value: SuiteValue, known: readonly string[]): ReadonlyMap<string, SuiteValue> =>
  collectEntries(value, known)

function collectEntries(
  value: SuiteValue,
  known: readonly string[] | undefined,
): ReadonlyMap<string, SuiteValue> {
  if (isNull(value)) return new Map()
  if (!isMap(value.node))
    rejectValue(value, known === undefined ? 'must be a mapping' : `must be a mapping of ${known.join(', ')}`)
  const entries = new Map<string, SuiteValue>()
  for (const pair of value.node.items) {
    const written = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : ''
    if (written === '<<' && value.source.syntax === 'yaml') {
      const merged = step(value, value.key, pair.value as Node, pair.key as Node)
      const parts = isSeq(merged.node)
        ? merged.node.items.map(each => step(merged, value.key, each as Node))
        : [merged]
      for (const part of parts)
        for (const [key, each] of collectEntries(part, known)) if (!entries.has(key)) entries.set(key, each)
      continue
    }
    if (known === undefined && !isScalar(pair.key)) rejectValue(value, 'must have texts as keys')
    const key =
      known === undefined
        ? written
        : value.source.syntax === 'json'
          ? known.find(each => each.toLowerCase() === written.toLowerCase())
          : known.find(each => each === written)
    const entry = step(value, joinKey(value.key, written), pair.value as Node | null, pair.key as Node)
    if (key !== undefined) entries.set(key, entry)
    else if (value.source.syntax === 'json')
      value.source.warn(`${value.source.file}:${entry.line}: ${entry.key} means nothing here and is ignored`)
    else if (known !== undefined)
      rejectValue(entry, `is not known; known are ${known.join(', ')}`, suggest(written, known))
  }
  return entries
}

/** The entries of a mapping whose keys its author chose. */
export const readAnyEntries = (value: SuiteValue): ReadonlyMap<string, SuiteValue> =>
  collectEntries(value, undefined)

function suggest(written: string, known: readonly string[]): string | undefined {
  const near = known.find(each => each.toLowerCase() === written.toLowerCase())
  return near === undefined ? undefined : `Did you mean ${near}?`
}

const joinKey = (parent: string, key: string): string => (parent === '' ? key : `${parent}.${key}`)

/** The items of a list; nothing where there is no value. */
export function readItems(value: SuiteValue | undefined): SuiteValue[] {
  if (value === undefined || isNull(value)) return []
  if (!isSeq(value.node)) rejectValue(value, 'must be a list')
  return value.node.items.map((each, index) => step(value, `${value.key}[${index}]`, each as Node | null))
}

/**
 * A text. Any scalar is one by the way it is written, as in Go's YAML reader: `8080` is "8080" and `yes` is "yes". JSON
 * keeps its types apart.
 */
export function readText(value: SuiteValue | undefined): string {
  if (value === undefined || isNull(value)) return ''
  const { node } = value
  if (!isScalar(node)) rejectValue(value, 'must be a text')
  if (typeof node.value === 'string') return node.value
  if (value.source.syntax === 'json') rejectValue(value, 'must be a text, in quotation marks')
  return node.source ?? String(node.value)
}

export const readTexts = (value: SuiteValue | undefined): string[] => readItems(value).map(readText)

/** A text that must be there. `why` says what is missing. */
export function requireText(value: SuiteValue | undefined, parent: SuiteValue, key: string): string {
  const text = readText(value)
  if (text === '')
    rejectValue(value ?? { ...parent, key: joinKey(parent.key, key) }, 'must be given, and not be empty')
  return text
}

const TRUE = /^(true|True|TRUE|yes|Yes|YES|on|On|ON|y|Y)$/
const FALSE = /^(false|False|FALSE|no|No|NO|off|Off|OFF|n|N)$/

/** A boolean, in the words of YAML 1.1 too, as Go's YAML reader takes them. */
export function readFlag(value: SuiteValue | undefined, otherwise: boolean): boolean {
  if (value === undefined || isNull(value)) return otherwise
  const { node } = value
  if (isScalar(node)) {
    if (typeof node.value === 'boolean') return node.value
    const plain = value.source.syntax === 'yaml' && node.type === 'PLAIN' ? (node.source ?? '') : ''
    if (TRUE.test(plain)) return true
    if (FALSE.test(plain)) return false
  }
  return rejectValue(value, 'must be true or false')
}

/** A whole number. */
export function readInteger(value: SuiteValue | undefined): number | undefined {
  if (value === undefined || isNull(value)) return undefined
  const { node } = value
  if (isScalar(node)) {
    if (typeof node.value === 'number' && Number.isSafeInteger(node.value)) {
      // YAML 1.1 reads a leading zero as octal, and so does Go's reader.
      if (/^[-+]?0[0-7]+$/.test(node.source ?? '')) return Number.parseInt(node.source as string, 8)
      return node.value
    }
    if (typeof node.value === 'bigint') return Number(node.value)
  }
  return rejectValue(value, 'must be a whole number')
}

/** One of some words. */
export function readChoice<Word extends string>(
  value: SuiteValue | undefined,
  words: readonly Word[],
): Word | undefined {
  const text = readText(value)
  if (text === '') return undefined
  const word = words.find(each => each === text)
  return (
    word ??
    rejectValue(value as SuiteValue, `must be one of ${words.join(', ')}, and is ${JSON.stringify(text)}`)
  )
}
