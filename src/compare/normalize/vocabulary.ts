import type { Platform } from '../../model/platform.js'

/** The words by which one architecture calls itself. */
export interface Vocabulary {
  /** Words that name this architecture and nothing else; matched in any case. */
  readonly words: readonly string[]
  /** Words that are also used for other things: matched exactly, and only between separators. */
  readonly shortWords: readonly string[]
  /** First parts of its GNU triplets. */
  readonly triplets: readonly string[]
  /** File names of its program interpreters. */
  readonly loaders: readonly string[]
}

const X86_32: Vocabulary = {
  words: ['i386', 'i486', 'i586', 'i686'],
  shortWords: ['x86', 'ia32'],
  triplets: ['i386', 'i486', 'i586', 'i686'],
  loaders: ['ld-linux.so.2', 'ld-musl-i386.so.1'],
}

const ARM_LOADERS = ['ld-linux-armhf.so.3', 'ld-linux.so.3', 'ld-musl-armhf.so.1', 'ld-musl-arm.so.1']

/** qemu-arm reports `armv7l` whatever the image's variant, as 64-bit kernels report `armv8l`. */
function describeArm(words: readonly string[]): Vocabulary {
  return {
    words: [...words, 'armv7l', 'armv8l'],
    shortWords: ['arm'],
    triplets: ['arm', ...words],
    loaders: ARM_LOADERS,
  }
}

/**
 * By OCI architecture, `arm` with its variant. Sources: Go's GOARCH, `uname -m`, Debian's and Alpine's architecture
 * names, GNU config.sub, Node's `process.arch`, Docker Hub's per-architecture organisations.
 */
const VOCABULARIES: Readonly<Record<string, Vocabulary>> = {
  amd64: {
    words: ['x86_64', 'x86-64', 'amd64'],
    shortWords: ['x64'],
    triplets: ['x86_64'],
    loaders: ['ld-linux-x86-64.so.2', 'ld-musl-x86_64.so.1'],
  },
  '386': X86_32,
  arm64: {
    words: ['aarch64', 'arm64', 'arm64v8'],
    shortWords: [],
    triplets: ['aarch64'],
    loaders: ['ld-linux-aarch64.so.1', 'ld-musl-aarch64.so.1'],
  },
  'arm/v7': describeArm(['armhf', 'armv7', 'armv7a', 'arm32v7']),
  'arm/v6': describeArm(['armhf', 'armel', 'armv6', 'armv6l', 'arm32v6']),
  'arm/v5': describeArm(['armel', 'armv5', 'armv5l', 'armv5te', 'armv5tel', 'arm32v5']),
  ppc64le: {
    words: ['ppc64le', 'ppc64el', 'powerpc64le'],
    shortWords: ['ppc64'],
    triplets: ['powerpc64le'],
    loaders: ['ld64.so.2', 'ld-musl-powerpc64le.so.1'],
  },
  s390x: {
    words: ['s390x'],
    shortWords: [],
    triplets: ['s390x'],
    loaders: ['ld64.so.1', 'ld-musl-s390x.so.1'],
  },
  riscv64: {
    words: ['riscv64'],
    shortWords: [],
    triplets: ['riscv64'],
    loaders: ['ld-linux-riscv64-lp64d.so.1', 'ld-musl-riscv64.so.1'],
  },
  mips64le: {
    words: ['mips64le', 'mips64el'],
    shortWords: ['mips64'],
    triplets: ['mips64el'],
    loaders: ['ld.so.1', 'ld-musl-mips64el.so.1'],
  },
  loong64: {
    words: ['loong64', 'loongarch64'],
    shortWords: [],
    triplets: ['loongarch64'],
    loaders: ['ld-linux-loongarch-lp64d.so.1', 'ld-musl-loongarch64.so.1'],
  },
}

/** Every vocabulary that there is, by the same names. */
export const ALL_VOCABULARIES: ReadonlyMap<string, Vocabulary> = new Map(Object.entries(VOCABULARIES))

const EMPTY: Vocabulary = { words: [], shortWords: [], triplets: [], loaders: [] }

/** The words of a platform's own architecture; for one that is not in the table only its OCI name. */
export function findVocabulary(platform: Pick<Platform, 'architecture' | 'variant'>): Vocabulary {
  const { architecture, variant } = platform
  return (
    VOCABULARIES[`${architecture}/${variant}`] ??
    VOCABULARIES[architecture] ??
    (architecture === 'arm' ? describeArm([]) : { ...EMPTY, words: [architecture] })
  )
}

/** Every unmistakable word of every architecture, with the architectures that use it. */
export const ALL_WORDS: ReadonlyMap<string, readonly string[]> = collectWords()

function collectWords(): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, string[]>()
  for (const [name, vocabulary] of ALL_VOCABULARIES) {
    for (const word of vocabulary.words) words.set(word, [...(words.get(word) ?? []), name])
  }
  return words
}
