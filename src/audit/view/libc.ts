import type { ElfFacts } from '../elf/elf-facts.js'
import type { Libc } from './platform-view.js'

const MUSL_LOADER = /^ld-musl-[\w.-]+\.so\.1$/
/** glibc's `sysdeps/<machine>/shlib-versions`: `ld-linux*.so.N`, `ld64.so.N` (ppc64le, s390x), `ld.so.1` (mips). */
const GLIBC_LOADER = /^ld(?:-linux[\w.-]*|64)?\.so\.\d$/
const BIONIC_LOADER = /^linker(?:64)?$/

/** Last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Which C library a program interpreter belongs to, by its name. */
export function nameLoaderLibc(interpreter: string): Libc {
  const name = baseName(interpreter)
  if (MUSL_LOADER.test(name)) return 'musl'
  if (GLIBC_LOADER.test(name)) return 'glibc'
  return BIONIC_LOADER.test(name) ? 'bionic' : 'other'
}

/**
 * The C library that a file was linked with; undefined where it asks for none. musl's own builds are told from bionic's
 * by the version `LIBC`, for both call it `libc.so`.
 */
export function detectLibc(elf: ElfFacts): Libc | undefined {
  if (elf.interpreter !== undefined) return nameLoaderLibc(elf.interpreter)
  const needed = elf.needed ?? []
  if (needed.some(name => name.startsWith('libc.musl-'))) return 'musl'
  if (needed.includes('libc.so.6') || needed.some(name => GLIBC_LOADER.test(name))) return 'glibc'
  if (needed.includes('libc.so')) {
    const versions = elf.versionNeeds
    const asks =
      versions !== undefined && Object.hasOwn(versions, 'libc.so') ? versions['libc.so'] : undefined
    return asks?.includes('LIBC') ? 'bionic' : 'musl'
  }
  return needed.some(name => /^libc\.so\.\d+$/.test(name)) ? 'other' : undefined
}
