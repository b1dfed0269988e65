import { isMap } from 'yaml'
import {
  readAnyEntries,
  readFlag,
  readText,
  readTexts,
  rejectValue,
  type SuiteValue,
} from '../suite-value.js'
import { checkSubject } from './check-subject.js'
import { GOSS_KINDS, type GossAttribute, type GossCheck, type GossKind, type Plain } from './goss-suite.js'
import { limitNodes } from './limit-nodes.js'
import { readMatcher, readTextMatcher } from './read-matcher.js'
import { isAbsent, readPlain } from './read-plain.js'
import { GOSS_RESOURCES, type GossResource, REFUSED_KINDS } from './resources.js'

/** Attributes whose names have changed: the old one, which goss still takes, and the new one. */
const RENAMED: Readonly<Record<string, string>> = { resolveable: 'resolvable', contains: 'contents' }

/** Attributes that goss reads as whole numbers where they are texts, with a warning. */
const NUMBERS: ReadonlySet<string> = new Set(['command.exit-status', 'user.uid', 'user.gid', 'group.gid'])

/**
 * Reads a goss file (github.com/goss-org/goss, docs/gossfile.md). Throws SUITE_INVALID with the line for what goss
 * would not take, and for what is not supported here: nothing is passed over.
 */
export function readGossChecks(document: SuiteValue): GossCheck[] {
  if (!isMap(document.node)) rejectValue(document, `must be a mapping of ${GOSS_KINDS.join(', ')}`)
  limitNodes(document)
  return [...readAnyEntries(document)].flatMap(([kind, value]) => {
    if (kind === 'gossfile') return []
    if (Object.hasOwn(REFUSED_KINDS, kind)) rejectValue(value, REFUSED_KINDS[kind] as string)
    if (!isKind(kind)) rejectValue(value, `is no resource of goss; supported are ${GOSS_KINDS.join(', ')}`)
    if (isAbsent(value)) return []
    return [...readAnyEntries(value)].map(([key, each]) => readCheck(kind, key, each))
  })
}

const isKind = (name: string): name is GossKind => GOSS_KINDS.includes(name as GossKind)

function readCheck(kind: GossKind, key: string, value: SuiteValue): GossCheck {
  const resource = GOSS_RESOURCES[kind]
  if (!isMap(value.node)) rejectValue(value, `must be a mapping of ${listAttributes(resource).join(', ')}`)
  const entries = readAttributes(resource, value)
  const own = resource.subject === undefined ? '' : readText(entries.get(resource.subject))
  const subject = own === '' ? key : own
  const title = readText(entries.get('title'))
  const [required, ...rest] = [resource.required, ...resource.matched, ...resource.readers]
  const attributes = rest.flatMap(name => readAttribute(kind, resource, name, entries.get(name)))
  const decisive = readAttribute(kind, resource, required as string, entries.get(required as string))[0]
  if (decisive === undefined)
    rejectValue(
      entries.get(required as string) ?? { ...value, key: `${value.key}.${required}` },
      'must be given',
    )
  const check: GossCheck = {
    kind,
    name: `${resource.title}: ${subject === key ? key : `${key}: ${subject}`}`,
    line: value.line,
    subject,
    ...(title === '' ? {} : { title }),
    skip: readFlag(entries.get('skip'), false),
    ...readTimeout(resource, entries.get('timeout')),
    attributes: [decisive, ...attributes],
    settings: readSettings(resource, entries),
  }
  checkSubject(check, value)
  return check
}

/** The attributes of one resource by their names of today. */
function readAttributes(resource: GossResource, value: SuiteValue): Map<string, SuiteValue> {
  const known = listAttributes(resource)
  const entries = new Map<string, SuiteValue>()
  for (const [written, each] of readAnyEntries(value)) {
    const name = RENAMED[written] ?? written
    const refused = resource.refused?.[name]
    if (refused !== undefined && !isAbsent(each)) rejectValue(each, refused)
    if (refused === undefined && !known.includes(name))
      rejectValue(each, `is not known; known are ${known.join(', ')}`)
    if (!entries.has(name) || name === written) entries.set(name, each)
  }
  return entries
}

const listAttributes = (resource: GossResource): string[] => [
  resource.required,
  ...resource.matched,
  ...resource.readers,
  ...(resource.subject === undefined ? [] : [resource.subject]),
  ...Object.keys(resource.settings),
  ...(resource.timeoutMs === undefined ? [] : ['timeout']),
  'title',
  'meta',
  'skip',
]

/** One attribute, or none where it is not given. An empty list of patterns asks for nothing, as in goss. */
function readAttribute(
  kind: GossKind,
  resource: GossResource,
  name: string,
  value: SuiteValue | undefined,
): GossAttribute[] {
  if (value === undefined || isAbsent(value)) return []
  if (resource.readers.includes(name)) {
    const matcher = readTextMatcher(value)
    return Array.isArray(matcher) && matcher.length === 0 ? [] : [{ name, matcher }]
  }
  const matcher = readMatcher(value)
  if (kind === 'file' && name === 'mode' && typeof matcher === 'number')
    value.source.warn(
      `${value.source.file}:${value.line}: ${value.key}: is the number ${matcher}, and modes are texts, here as in goss: write it in quotation marks`,
    )
  const number = NUMBERS.has(`${kind}.${name}`) && typeof matcher === 'string' && /^-?\d+$/.test(matcher)
  return [{ name, matcher: number ? Number(matcher) : matcher }]
}

function readTimeout(resource: GossResource, value: SuiteValue | undefined): { timeoutMs?: number } {
  if (resource.timeoutMs === undefined) return {}
  const timeout = value === undefined ? 0 : readPlain(value)
  if (value !== undefined && timeout !== null && (typeof timeout !== 'number' || timeout < 0))
    rejectValue(value, 'must be a number of milliseconds')
  return { timeoutMs: Math.min(Number(timeout) || resource.timeoutMs, 24 * 3_600_000) }
}

function readSettings(
  resource: GossResource,
  entries: ReadonlyMap<string, SuiteValue>,
): Record<string, Plain> {
  const settings: Record<string, Plain> = {}
  for (const [name, type] of Object.entries(resource.settings)) {
    const value = entries.get(name)
    if (value === undefined || isAbsent(value)) continue
    if (type === 'text') settings[name] = readText(value)
    else if (type === 'texts') settings[name] = readTexts(value)
    else if (type === 'flag') settings[name] = readFlag(value, false)
    else settings[name] = readPlain(value)
  }
  return settings
}
