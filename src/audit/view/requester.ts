import type { ElfFile } from './platform-view.js'

const MAX_DIRECTORIES = 128
const MAX_LENGTH = 4096

/** A file that asks for libraries, in the place where it was loaded. */
export interface Requester {
  readonly file: ElfFile
  /** C library whose loader does the search. */
  readonly libc: 'glibc' | 'musl'
  /** Directories of DT_RPATH that hold for it, its own and those of the files that loaded it, expanded. */
  readonly inherited: readonly string[]
  /** Expanded DT_RUNPATH. */
  readonly runpath: readonly string[]
  /** Directory of the path by which it was opened: `$ORIGIN`. */
  readonly origin: string
  /** What its own search depends on: equal keys give equal answers. */
  readonly key: string
}

/** What the tokens of a run path stand for (ld.so(8), "Dynamic string tokens"). */
export interface Tokens {
  readonly lib: string
  readonly platform: string
}

/**
 * Works out which directories a file adds to the search. glibc: DT_RPATH counts only without DT_RUNPATH, and is handed
 * down to what the file loads. musl takes both for one list that is handed down (`ldso/dynlink.c`, `load_library`).
 */
export function describeRequester(
  file: ElfFile,
  openedAs: string,
  libc: 'glibc' | 'musl',
  parent: Requester | undefined,
  tokens: Tokens,
): Requester {
  const origin = `/${openedAs.slice(0, Math.max(openedAs.lastIndexOf('/'), 0))}`
  const { rpath = [], runpath = [] } = file.elf
  const expand = (directories: readonly string[]) => expandAll(directories, origin, tokens)
  const own =
    libc === 'musl' ? expand(runpath.length > 0 ? runpath : rpath) : runpath.length > 0 ? [] : expand(rpath)
  const above = parent?.inherited ?? []
  const inherited = own.length === 0 ? above : [...new Set([...own, ...above])].slice(0, MAX_DIRECTORIES)
  const runs = libc === 'musl' ? [] : expand(runpath)
  const { machine, bits, endianness, floatAbi, noDefaultLib } = file.elf
  const key = [libc, machine, bits, endianness, floatAbi, noDefaultLib, ...inherited, '', ...runs].join('\n')
  return { file, libc, inherited, runpath: runs, origin, key }
}

function expandAll(directories: readonly string[], origin: string, tokens: Tokens): readonly string[] {
  if (directories.length === 0) return directories
  return directories
    .slice(0, MAX_DIRECTORIES)
    .map(directory => expandTokens(directory, origin, tokens))
    .filter(directory => directory !== '' && directory.length <= MAX_LENGTH)
}

/** `$ORIGIN`, `$LIB` and `$PLATFORM`, with or without braces. */
export function expandTokens(text: string, origin: string, tokens: Tokens): string {
  if (!text.includes('$') || text.length > MAX_LENGTH) return text
  return text.replace(/\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)\b)/g, (_, braced, plain) => {
    const name = braced ?? plain
    return name === 'ORIGIN' ? origin : name === 'LIB' ? tokens.lib : tokens.platform
  })
}
