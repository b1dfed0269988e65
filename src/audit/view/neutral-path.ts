import { findVocabulary } from '../../compare/normalize/vocabulary.js'
import type { Platform } from '../../model/platform.js'
import { neutralizeWords } from '../compare/neutral-words.js'

/**
 * Makes the function that rids paths of a platform's own words, in the order that was measured to matter: loader names,
 * triplets, `lib64`, single words; then both spellings of a merged `/usr` become one.
 */
export function createPathNeutralizer(platform: Platform): (path: string) => string {
  const { loaders, triplets } = findVocabulary(platform)
  const names = [...triplets].sort((a, b) => b.length - a.length).map(escapeRegExp)
  const triplet =
    names.length === 0
      ? /(?!)/g
      : new RegExp(
          `(?<![A-Za-z0-9])(?:${names.join('|')})-(?:(?:pc|unknown|ibm|none|alpine|redhat|suse|openwrt)-){0,2}linux-(gnu|musl)(?:eabihf|eabi|abi64|f32|sf)?(?![A-Za-z0-9])`,
          'g',
        )
  const known = new Map<string, string>()
  return path => {
    let neutral = known.get(path)
    if (neutral === undefined) {
      const slash = path.lastIndexOf('/')
      const name = path.slice(slash + 1)
      const named = loaders.includes(name) ? `${path.slice(0, slash + 1)}‹loader›` : path
      const folded = named.replace(triplet, '‹triplet›').replace(/(^|\/)lib64\//g, '$1lib/')
      neutral = neutralizeWords(folded, platform).replace(/^(bin|sbin|lib)\//, 'usr/$1/')
      known.set(path, neutral)
    }
    return neutral
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
