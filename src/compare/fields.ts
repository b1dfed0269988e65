import type { Observation } from '../model/observation.js'
import { type Content, readContent } from './bytes.js'
import { isTooDeep } from './json-lines.js'
import { parseJsonText } from './json-text.js'
import { VOLATILE_HEADERS } from './normalize/rules.js'

/**
 * One comparable part of an observation. `exact` is never normalised; `machine` is an ELF machine, which only has to
 * be the target's own.
 */
export type Field =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'machine'; readonly value: string }
  | {
      readonly kind: 'content'
      readonly content: Content
      readonly growing: boolean
      /** What the text says as JSON, where it is meant to be JSON and is. */
      readonly structure?: { readonly value: unknown }
    }
  | { readonly kind: 'json'; readonly value: unknown }

/** What the two sides share: kind, and the command, path, request or name. */
export function labelObservation(observation: Observation): string {
  switch (observation.kind) {
    case 'command':
      return typeof observation.command === 'string' ? observation.command : observation.command.join(' ')
    case 'file':
      return observation.path
    case 'http':
      return `${observation.method} ${dropOrigin(observation.url)}`
    case 'logs':
      return 'container logs'
    case 'value':
      return observation.name
  }
}

/** The parts of an observation in the order in which reports show them. Durations are not among them. */
export function listFields(observation: Observation): ReadonlyMap<string, Field> {
  switch (observation.kind) {
    case 'command':
      return new Map<string, Field>([
        ['exit code', exact(describeExit(observation))],
        ['stdout', content(observation.stdout)],
        // A script's holds the words of the engine's client, which differ between engines.
        ...(observation.via === 'script' ? [] : [['stderr', content(observation.stderr)] as const]),
      ])
    case 'file':
      return listFileFields(observation)
    case 'http':
      return new Map<string, Field>([
        ['status', exact(describeAnswer(observation))],
        ...field(
          'headers',
          observation.headers,
          headers => ({ kind: 'json', value: keepHeaders(headers) }) as const,
        ),
        ...field('body', observation.body, body =>
          isJsonType(observation.headers) ? structured(body) : content(body),
        ),
      ])
    case 'logs':
      return new Map<string, Field>([
        ['stdout', content(observation.stdout, true)],
        ['stderr', content(observation.stderr, true)],
      ])
    case 'value':
      return new Map<string, Field>([['value', describeValue(observation.value)]])
  }
}

/** `0`, `139 (SIGSEGV)`, `timed out` or `not started (exec-format)`. */
export function describeExit(observation: Extract<Observation, { kind: 'command' }>): string {
  if (observation.startError !== undefined) return `not started (${observation.startError})`
  if (observation.timedOut) return 'timed out'
  const code = observation.exitCode === null ? 'none' : String(observation.exitCode)
  return observation.signal === undefined ? code : `${code} (${observation.signal})`
}

/** The HTTP status, or why there was none. */
export function describeAnswer(observation: Extract<Observation, { kind: 'http' }>): string {
  return observation.status === undefined
    ? `no answer (${observation.error ?? 'unknown'})`
    : String(observation.status)
}

function listFileFields(observation: Extract<Observation, { kind: 'file' }>): ReadonlyMap<string, Field> {
  if (!observation.exists) return new Map([['exists', exact('no')]])
  const isFile = observation.type === 'file'
  const isElf = observation.elfMachine !== undefined
  return new Map<string, Field>([
    ['exists', exact('yes')],
    ...field('type', observation.type, exact),
    ...field('mode', observation.mode, exact),
    ...field('owner', observation.uid, uid => exact(`${uid}:${observation.gid ?? '?'}`)),
    ...field('link target', observation.linkTarget, text => json(text)),
    ...field('ELF machine', isFile ? (observation.elfMachine ?? 'not an ELF file') : undefined, value => {
      return { kind: 'machine', value } as const
    }),
    ...field('content', isElf ? undefined : observation.content, bytes =>
      /\.json$/i.test(observation.path) ? structured(bytes) : content(bytes),
    ),
  ])
}

function describeValue(value: unknown): Field {
  return isTooDeep(value) ? exact('(nested too deeply to compare)') : json(value)
}

function keepHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(kept.filter(([name]) => !VOLATILE_HEADERS.has(name)))
}

function dropOrigin(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '') || '/'
}

function exact(value: string): Field {
  return { kind: 'exact', value }
}

function json(value: unknown): Field {
  return { kind: 'json', value }
}

/** `application/json`, `text/json`, `application/problem+json`, with parameters or without. */
function isJsonType(headers: Readonly<Record<string, string>> = {}): boolean {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return /^\s*[\w.-]+\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type ?? '')
}

function structured(captured: Parameters<typeof readContent>[0]): Field {
  const made = content(captured)
  if (made.kind !== 'content' || made.content.kind !== 'text' || made.content.truncated) return made
  const structure = parseJsonText(made.content.text)
  return structure === undefined ? made : { ...made, structure }
}

function content(captured: Parameters<typeof readContent>[0], growing = false): Field {
  return { kind: 'content', content: readContent(captured), growing }
}

function field<T>(name: string, value: T | undefined, make: (value: T) => Field): [string, Field][] {
  return value === undefined ? [] : [[name, make(value)]]
}
