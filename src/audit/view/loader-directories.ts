import type { Tree } from '../inventory.js'
import type { Abi } from './abi.js'
import { baseName, nameLoaderLibc } from './libc.js'
import type { PlatformView } from './platform-view.js'

/** What searching libraries needs of a root. */
export interface Root {
  readonly tree: Tree
  readonly resolve: PlatformView['resolve']
}

const MAX_DIRECTORIES = 256
const MAX_INCLUDES = 64
const MAX_DEPTH = 8
const MAX_NAME = 255

/** Debian's multiarch tuples (dpkg, `data/tupletable`), by machine, bits and byte order; ARM has one per float ABI. */
const TUPLES: ReadonlyMap<string, readonly string[]> = new Map([
  ['3/32/little', ['i386-linux-gnu']],
  ['8/32/big', ['mips-linux-gnu']],
  ['8/32/little', ['mipsel-linux-gnu']],
  ['8/64/big', ['mips64-linux-gnuabi64']],
  ['8/64/little', ['mips64el-linux-gnuabi64']],
  ['20/32/big', ['powerpc-linux-gnu']],
  ['21/64/big', ['powerpc64-linux-gnu']],
  ['21/64/little', ['powerpc64le-linux-gnu']],
  ['22/64/big', ['s390x-linux-gnu']],
  ['40/32/little', ['arm-linux-gnueabihf', 'arm-linux-gnueabi']],
  ['62/64/little', ['x86_64-linux-gnu']],
  ['183/64/little', ['aarch64-linux-gnu']],
  ['243/64/little', ['riscv64-linux-gnu']],
  ['258/64/little', ['loongarch64-linux-gnu']],
])

/** Debian's names of the directories of an ABI, the likelier first. */
export function listTuples(abi: Abi): readonly string[] {
  return TUPLES.get(`${abi.machine}/${abi.bits}/${abi.endianness}`) ?? []
}

/**
 * The directories that glibc was built to look through: Debian's multiarch ones where the root is laid out so, else
 * `lib64`, `lib` (`slibdir` and `libdir` of its build), and the loader's own.
 */
export function listDefaultDirectories(root: Root, abi: Abi, loader: string | undefined): readonly string[] {
  const folders: string[] = []
  for (const tuple of listTuples(abi)) {
    const multiarch = [`/lib/${tuple}`, `/usr/lib/${tuple}`]
    if (multiarch.some(folder => root.resolve(`${folder}/libc.so.6`) !== undefined))
      folders.push(...multiarch)
  }
  const isMultiarch = folders.length > 0
  if (loader !== undefined) folders.push(`/${loader.slice(0, Math.max(loader.lastIndexOf('/'), 0))}`)
  if (!isMultiarch && abi.bits === 64) folders.push('/lib64', '/usr/lib64')
  folders.push('/lib', '/usr/lib')
  if (abi.bits === 32) folders.push('/lib32', '/usr/lib32')
  return [...new Set(folders)]
}

/**
 * Directories that `etc/ld.so.conf` names, in order (ldconfig(8), and `parse_conf` of glibc's `elf/ldconfig.c`):
 * comments, `include` with globs, `hwcap` lines and `=TYPE` endings.
 */
export function readLoaderConfig(root: Root): readonly string[] {
  const directories = new Set<string>()
  let includes = MAX_INCLUDES
  const read = (path: string, depth: number): void => {
    const fact = root.resolve(path)?.entry.content?.fact
    if (fact?.kind !== 'text' || depth > MAX_DEPTH) return
    for (const line of fact.text.split('\n')) {
      const words = line.replace(/#.*/s, '').trim()
      if (words === '' || words.startsWith('hwcap ')) continue
      if (!/^include\s/.test(words)) {
        const directory = (words.split('=')[0] ?? '').trim()
        if (directory.startsWith('/') && directories.size < MAX_DIRECTORIES) directories.add(directory)
        continue
      }
      for (const pattern of words.split(/\s+/).slice(1)) {
        includes -= 1
        if (includes < 0) return
        const folder = path.slice(0, path.lastIndexOf('/'))
        const absolute = pattern.startsWith('/') ? pattern : `${folder}/${pattern}`
        for (const found of expandPattern(root, absolute)) read(found, depth + 1)
      }
    }
  }
  read('/etc/ld.so.conf', 0)
  return [...directories]
}

/** Files that a pattern with wildcards in its last part stands for, sorted as glob(3) does. */
function expandPattern(root: Root, pattern: string): readonly string[] {
  if (!/[*?]/.test(pattern)) return [pattern]
  const slash = pattern.lastIndexOf('/')
  const last = pattern.slice(slash + 1)
  if (last.length > MAX_NAME) return []
  const folder = root.resolve(pattern.slice(0, slash))?.path ?? pattern.slice(1, slash)
  const found: string[] = []
  for (const path of root.tree.keys()) {
    if (!path.startsWith(`${folder}/`) || path.indexOf('/', folder.length + 1) >= 0) continue
    const name = path.slice(folder.length + 1)
    if (name.length <= MAX_NAME && !name.startsWith('.') && matchesPattern(name, last)) found.push(`/${path}`)
  }
  return found.sort().slice(0, MAX_DIRECTORIES)
}

/** `*` and `?` of glob(7), in time proportional to the product of both lengths. */
function matchesPattern(name: string, pattern: string): boolean {
  let [at, from, star, retry] = [0, 0, -1, 0]
  while (at < name.length) {
    if (pattern[from] === '*') {
      star = from
      from += 1
      retry = at
    } else if (from < pattern.length && (pattern[from] === '?' || pattern[from] === name[at])) {
      from += 1
      at += 1
    } else if (star >= 0) {
      from = star + 1
      retry += 1
      at = retry
    } else return false
  }
  while (pattern[from] === '*') from += 1
  return from === pattern.length
}

/** What musl's loader looks through (`ldso/dynlink.c`, `load_library`): its path file, else three directories. */
export function listMuslDirectories(root: Root, loader: string | undefined): readonly string[] {
  const name = loader === undefined ? '' : baseName(loader)
  const architecture = /^ld-musl-(.+)\.so\.1$/.exec(name)?.[1]
  const fact =
    architecture === undefined
      ? undefined
      : root.resolve(`/etc/ld-musl-${architecture}.path`)?.entry.content?.fact
  if (fact?.kind !== 'text') return ['/lib', '/usr/local/lib', '/usr/lib']
  return fact.text.split(/[:\n]/).filter(Boolean).slice(0, MAX_DIRECTORIES)
}

/** A program interpreter: its path in the tree as named, and the C library that its name says. */
export interface Loader {
  readonly path: string
  readonly libc: 'glibc' | 'musl'
}

/** Program interpreters in the usual places of the root. */
export function findLoaders(root: Root): readonly Loader[] {
  const found: Loader[] = []
  for (const { path, type } of root.tree.values()) {
    if (type === 'directory' || !/^(?:usr\/)?lib(?:64|32)?\/ld[^/]*\.so\.\d$/.test(path)) continue
    const libc = nameLoaderLibc(path)
    if ((libc === 'glibc' || libc === 'musl') && root.resolve(`/${path}`)?.entry.content?.elf !== undefined)
      found.push({ path, libc })
  }
  return found
}
