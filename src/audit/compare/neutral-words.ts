import { findVocabulary } from '../../compare/normalize/vocabulary.js'
import type { Platform } from '../../model/platform.js'

/**
 * More words by which package names, build steps and file names of native modules call an architecture: Node's
 * `process.arch`, prebuildify's and Rust's ARM versions, Go's and Docker's names. They mean nothing else in such names.
 */
const MORE_WORDS: Readonly<Record<string, readonly string[]>> = {
  amd64: ['x86-64-v1', '64bit'],
  '386': ['386', '32bit'],
  arm64: ['armv8', 'armv8a', 'armv8l'],
  arm: ['arm', 'armv6', 'armv6hf', 'armv7', 'armv7hf', 'armv7a', 'armv5', 'arm32'],
  ppc64le: ['ppc64', 'ppc', 'power8', 'powerpc64'],
  riscv64: ['riscv64gc', 'riscv'],
}

/** What stands for the architecture in a neutral text. */
const TOKEN = '‹arch›'

interface Pattern {
  readonly words: RegExp
  readonly platformName: string
  readonly isArm: boolean
}

/** By platform, and by what it says: callers that make a platform for each question must not cost a pattern each. */
const patterns = new WeakMap<Platform, Pattern>()
const patternsByName = new Map<string, Pattern>()

/**
 * Makes the platform's own words in a name or a value one: `@esbuild/linux-x64` and `@esbuild/linux-arm64` become
 * `@esbuild/linux-‹arch›`. Meant for names and single values; texts that list several architectures must be compared as
 * they are first.
 */
export function neutralizeWords(text: string, platform: Platform): string {
  const { words, platformName, isArm } = findPattern(platform)
  const named = text.includes(platformName) ? text.replaceAll(platformName, `${platform.os}/${TOKEN}`) : text
  const result = named.replace(words, TOKEN)
  // The float ABI is part of ARM's word, though a libc stands between: linux-arm-gnueabihf.
  return isArm ? result.replace(/(?<=(?:^|[^A-Za-z])(?:gnu|musl|glibc))eabi(?:hf)?(?![A-Za-z])/g, '') : result
}

function findPattern(platform: Platform): Pattern {
  const known = patterns.get(platform)
  if (known !== undefined) return known
  const key = `${platform.os}/${platform.architecture}/${platform.variant ?? ''}`
  const pattern = patternsByName.get(key) ?? buildPattern(platform)
  patternsByName.set(key, pattern)
  patterns.set(platform, pattern)
  return pattern
}

function buildPattern(platform: Platform): Pattern {
  const { architecture, variant } = platform
  const vocabulary = findVocabulary(platform)
  const own = [
    ...vocabulary.words,
    ...vocabulary.shortWords,
    ...vocabulary.triplets,
    ...(MORE_WORDS[architecture] ?? []),
  ]
  const longestFirst = [...new Set(own)].filter(Boolean).sort((a, b) => b.length - a.length)
  return {
    // An empty alternative would match everywhere.
    words: longestFirst.length === 0 ? /(?!)/g : matchWords(longestFirst),
    platformName: `${platform.os}/${architecture}${variant ? `/${variant}` : ''}`,
    isArm: architecture === 'arm',
  }
}

function matchWords(words: readonly string[]): RegExp {
  // `_` is a boundary: linux_x86_64, libfoo_arm64.
  return new RegExp(
    `(?<![A-Za-z0-9])(?:${words.map(escapeRegExp).join('|')})(?![A-Za-z0-9]|[_-]64(?![0-9]))`,
    'gi',
  )
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
