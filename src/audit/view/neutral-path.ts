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
  const neutralize = (text: string): string => neutralizeWords(text.replace(triplet, '‹triplet›'), platform)
  /** A folder with its slash, or nothing for the root. */
  const neutralizeFolder = remember((folder: string) => {
    const folded = folder.replace(/(^|\/)lib64\//g, '$1lib/')
    return neutralize(folded).replace(/^(bin|sbin|lib)\//, 'usr/$1/')
  })
  const neutralizeName = remember((name: string) => (loaders.includes(name) ? '‹loader›' : neutralize(name)))
  const { os, architecture } = platform
  return remember(path => {
    const slash = path.lastIndexOf('/')
    const folder = path.slice(0, slash + 1)
    const name = path.slice(slash + 1)
    // No word but the platform's own name goes beyond one part of a path.
    return path.includes(`${os}/${architecture}`) && !loaders.includes(name)
      ? neutralizeFolder(path)
      : neutralizeFolder(folder) + neutralizeName(name)
  })
}

function remember(compute: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return text => {
    let result = known.get(text)
    if (result === undefined) {
      result = compute(text)
      known.set(text, result)
    }
    return result
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
