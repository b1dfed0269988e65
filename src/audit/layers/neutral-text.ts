import { hash } from 'node:crypto'
import { ALL_VOCABULARIES } from '../../compare/normalize/vocabulary.js'

/** A larger text is only compared as it is. */
export const MAX_NEUTRAL = 64 * 1024

/**
 * Hash of a text with every architecture's loaders, triplets and unmistakable words made one; undefined where it has
 * none. Linear in the text's length. Texts of bytes that are no UTF-8 are hashed like any other.
 */
export function hashNeutralText(bytes: Buffer): string | undefined {
  // Latin-1 keeps every byte as it is, and all words are ASCII.
  const text = bytes.toString('latin1')
  if (text.search(PATTERN) < 0) return undefined
  const neutral = text.replace(PATTERN, (_, loader?: string, libc?: string) =>
    loader !== undefined
      ? '\x01loader\x01'
      : libc !== undefined
        ? `\x01arch\x01-linux-${libc.toLowerCase()}`
        : '\x01arch\x01',
  )
  return hash('sha256', Buffer.from(neutral, 'latin1'), 'hex')
}

const PATTERN = buildPattern()

function buildPattern(): RegExp {
  const all = [...ALL_VOCABULARIES.values()]
  const loaders = join(all.flatMap(one => one.loaders))
  const triplets = join(all.flatMap(one => one.triplets))
  const words = join(all.flatMap(one => one.words))
  const system = '(?:(?:pc|unknown|ibm|none)-)?(?:(?:alpine|redhat|suse|openwrt)-)?'
  return new RegExp(
    `(?<![A-Za-z0-9])(?:(${loaders})(?![\\w.-])|(?:${triplets})-${system}linux-(gnu|musl)(?:eabihf|eabi|f32|sf|abi64)?(?![A-Za-z0-9])|(?:${words})(?![A-Za-z0-9]|[_-]64(?![0-9])))`,
    'gi',
  )
}

/** Longest first: the first alternative that fits wins. */
function join(words: readonly string[]): string {
  return [...new Set(words)]
    .sort((a, b) => b.length - a.length)
    .map(word => word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('|')
}
