import { findVocabulary } from '../../../compare/normalize/vocabulary.js'
import type { Platform } from '../../../model/platform.js'

/** `name.cpython-311-x86_64-linux-gnu.so` (PEP 3149, with the platform's triplet in CPython's builds). */
const TAGGED = /^(.*)\.(?:cpython-\d+[a-z]*|pypy\d+(?:-pp\d+)?)-([A-Za-z0-9_]+)(?:-[\w-]+)?\.so$/

/** A Python extension's path without its tag, and the tag's word for the processor or system. */
export function readPythonTag(path: string): { readonly stem: string; readonly tag: string } | undefined {
  if (!path.endsWith('.so')) return undefined
  const [, stem, tag] = TAGGED.exec(path) ?? []
  return stem === undefined || tag === undefined ? undefined : { stem, tag }
}

/** Whether the word is one of the platform's own. */
export function isOwnTag(tag: string, platform: Platform): boolean {
  const { triplets, words } = findVocabulary(platform)
  return triplets.includes(tag) || words.includes(tag) || tag === platform.architecture
}

/** Whether Python on this platform passes over the file for its name. */
export function isTaggedForOther(path: string, platform: Platform): boolean {
  const tag = readPythonTag(path)?.tag
  return tag !== undefined && !isOwnTag(tag, platform)
}
