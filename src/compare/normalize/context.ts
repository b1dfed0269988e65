import { formatPlatform, type Platform } from '../../model/platform.js'
import type { Execution } from '../../model/target.js'
import type { UserRule } from './user-rules.js'
import { ALL_WORDS, findVocabulary, type Vocabulary } from './vocabulary.js'
import { findWordSize } from './word-size.js'

/** What the rules know of the target whose text they look at. */
export interface NormalizeContext {
  /** The user's own rules that apply here, after the built-in ones. */
  readonly own: readonly UserRule[]
  readonly execution: Execution
  /** Bits of the architecture's words. */
  readonly wordSize: 32 | 64
  /** Loader names, triplets, platform names and words of the target's own architecture. */
  readonly loaders: RegExp
  readonly triplets: RegExp
  readonly platformNames: RegExp
  readonly words: RegExp | undefined
  readonly shortWords: RegExp | undefined
  /** Whether a line names an architecture that is not the target's: then it is a list, not a name. */
  namesSeveral(line: string): boolean
  /** First twelve hex digits of the ids of this target's containers. */
  readonly containerIds: ReadonlySet<string>
  /** Milliseconds since 1970: moments in here are the run's own. */
  readonly window: { readonly from: number; readonly to: number } | undefined
}

export interface ContextFacts {
  readonly platform: Platform
  readonly execution: Execution
  /** The engine's own architecture, in OCI's words. */
  readonly hostArchitecture?: string
  readonly containerIds?: Iterable<string>
  /** ISO 8601 moments of the run's first and last event. */
  readonly startedAt?: string
  readonly endedAt?: string
  readonly own?: readonly UserRule[]
}

/** More than any time zone's offset: a local time without its zone still belongs to the run. */
const WINDOW_MARGIN_MS = 26 * 3600 * 1000

/** Prepares what the rules need for one target. */
export function createContext(facts: ContextFacts): NormalizeContext {
  const { platform, execution, hostArchitecture } = facts
  const own = findVocabulary(platform)
  // A 32-bit program on its 64-bit sibling's kernel is told the kernel's word by `uname -m`.
  const kernel =
    execution === 'native' && hostArchitecture !== undefined && hostArchitecture !== platform.architecture
      ? findVocabulary({ architecture: hostArchitecture })
      : undefined
  const words = [...own.words, ...(kernel?.words ?? [])]
  const shortWords = [...own.shortWords, ...(kernel?.shortWords ?? [])]
  return {
    own: facts.own ?? [],
    execution,
    wordSize: findWordSize(platform.architecture),
    loaders: matchBetween(own.loaders, '', '(?![\\w.‹-])'),
    triplets: matchTriplets(own),
    platformNames: matchPlatformNames(platform),
    words: words.length === 0 ? undefined : matchWords(words, 'gi'),
    shortWords: shortWords.length === 0 ? undefined : matchWords(shortWords, 'g', '_'),
    namesSeveral: detectLists(platform, own, kernel),
    containerIds: new Set(facts.containerIds ?? []),
    window: openWindow(facts.startedAt, facts.endedAt),
  }
}

/** The context for a field of a check, or for its labels: without the user's rules that are not for it. */
export function narrowContext(context: NormalizeContext, check: string, field?: string): NormalizeContext {
  if (context.own.length === 0) return context
  return { ...context, own: context.own.filter(rule => rule.appliesTo(check, field)) }
}

function detectLists(platform: Platform, own: Vocabulary, kernel: Vocabulary | undefined) {
  const known = [...own.words, ...(kernel?.words ?? [])]
  const foreign = matchWords(
    [
      ...[...ALL_WORDS.keys()].filter(word => !known.includes(word)),
      ...['arm', '386'].filter(name => name !== platform.architecture).map(name => `linux/${name}`),
    ],
    'i',
  )
  const ownWords = matchWords([...own.words, `linux/${platform.architecture}`], 'i')
  const kernelWords = kernel === undefined ? undefined : matchWords(kernel.words, 'i')
  return (line: string) =>
    line.search(foreign) >= 0 ||
    (kernelWords !== undefined && line.search(kernelWords) >= 0 && line.search(ownWords) >= 0)
}

function openWindow(startedAt: string | undefined, endedAt: string | undefined) {
  const from = Date.parse(startedAt ?? '')
  const to = Date.parse(endedAt ?? startedAt ?? '')
  if (Number.isNaN(from) || Number.isNaN(to)) return undefined
  return { from: from - WINDOW_MARGIN_MS, to: to + WINDOW_MARGIN_MS }
}

function matchWords(words: readonly string[], flags: string, glue = ''): RegExp {
  // A token of another rule is no boundary: what touches it was part of a longer word.
  return matchBetween(words, `(?<![A-Za-z0-9›${glue}])`, `(?![A-Za-z0-9‹${glue}]|[_-]64)`, flags)
}

function matchBetween(words: readonly string[], before: string, after: string, flags = 'g'): RegExp {
  if (words.length === 0) return /(?!)/g
  const longestFirst = [...new Set(words)].sort((a, b) => b.length - a.length)
  return new RegExp(`${before}(?:${longestFirst.map(escapeRegExp).join('|')})${after}`, flags)
}

function matchTriplets(own: Vocabulary): RegExp {
  if (own.triplets.length === 0) return /(?!)/g
  const names = [...own.triplets].sort((a, b) => b.length - a.length).map(escapeRegExp)
  return new RegExp(
    `(?<![A-Za-z0-9›])(?:${names.join('|')})-(?:(pc|unknown|ibm|none)-)?(?:(alpine|redhat|suse|openwrt)-)?linux-(gnu|musl)(?:eabihf|eabi|f32|sf|abi64)?(?![A-Za-z0-9‹])`,
    'g',
  )
}

function matchPlatformNames(platform: Platform): RegExp {
  const { os, architecture } = platform
  const variant = platform.variant ?? { arm64: 'v8', amd64: 'v1' }[architecture]
  const tail = variant === undefined ? '' : `(?:/${escapeRegExp(variant)})?`
  const name = escapeRegExp(formatPlatform({ os, architecture }))
  return new RegExp(`(?<![A-Za-z0-9›])${name}${tail}(?![A-Za-z0-9/‹])`, 'g')
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
