import type { Severity } from '../../../model/audit.js'
import { type Abi, findAbi, fitsAbi, runsBesides } from '../../view/abi.js'
import type { ElfFile, PlatformView } from '../../view/platform-view.js'
import { FOREIGN_REASONS } from './foreign-reasons.js'
import { isSystemPackage, readPackageArchitecture } from './package-architecture.js'
import { oncePerView } from './per-view.js'
import { isEntryProgram, isInEntryClosure, isInSearchPath, isModule, isStarted } from './places.js'
import { findSystemFiles } from './system-files.js'

export type ForeignKind = 'program' | 'library' | 'module'

/** A file that is not the platform's, and has no business in the image. */
export interface ForeignFile {
  readonly file: ElfFile
  readonly kind: ForeignKind
  readonly severity: Severity
  readonly why: string
}

/** What of a platform's files is another machine's. */
export interface ForeignFiles {
  /** Loader, C library and shell, where all that there are of them are another machine's. */
  readonly userland: readonly ElfFile[]
  /** Every other file without a legitimate reason; empty where the userland itself is foreign. */
  readonly suspicious: readonly ForeignFile[]
  /** How many files are and are not the platform's, counting neither data nor objects. */
  readonly fitting: number
  readonly foreign: number
}

/** Sorts the ELF files of a platform by whose they are, once. */
export const findForeignFiles = oncePerView((view): ForeignFiles => {
  const own = findAbi(view.platform)
  if (own === undefined) return { userland: [], suspicious: [], fitting: 0, foreign: 0 }
  const loadable = view.elfFiles.filter(({ elf }) => elf.type !== 'relocatable' && elf.type !== 'core')
  const others = loadable.filter(({ elf }) => !fitsAbi(elf, own))
  const counts = { fitting: loadable.length - others.length, foreign: others.length }
  const userland = findForeignUserland(view, own)
  if (userland.length > 0) return { userland, suspicious: [], ...counts }
  return { userland, suspicious: others.flatMap(file => judgeFile(file, view) ?? []), ...counts }
})

/** Whether the platform's system as a whole is another one's: then single files say nothing more. */
export function hasForeignUserland(view: PlatformView): boolean {
  return findForeignFiles(view).userland.length > 0
}

function findForeignUserland(view: PlatformView, own: Abi): readonly ElfFile[] {
  const system = findSystemFiles(view)
  return system.some(file => fitsAbi(file.elf, own)) ? [] : system
}

function judgeFile(file: ElfFile, view: PlatformView): ForeignFile | undefined {
  const { path, elf } = file
  const kind = isStarted(view, file) ? 'program' : isModule(path) ? 'module' : 'library'
  if (isEntryProgram(view, path) || isInEntryClosure(view, path)) {
    // A 386 program starts on every amd64 kernel that has IA32 emulation, which is nearly all.
    if (runsBesides(elf, view.platform))
      return { file, kind, severity: 'note', why: 'kernels with IA32 emulation run it' }
    return { file, kind, severity: 'error', why: "the image's own command starts it" }
  }
  if (FOREIGN_REASONS.some(reason => reason.applies(file, view))) return undefined
  const owner = view.findOwner(path)
  if (isSystemPackage(owner) && readPackageArchitecture(owner) === elf.architecture)
    return { file, kind, severity: 'warning', why: `it is of the package ${owner.name}, in PATH` }
  if (kind === 'program' && isInSearchPath(view, path))
    return { file, kind, severity: 'error', why: 'it is in PATH' }
  // A program that nobody can start is data until someone shows otherwise.
  const isIdle = kind === 'library' && (elf.type === 'executable' || elf.type === 'pie')
  return isIdle
    ? { file, kind: 'program', severity: 'warning', why: 'it is not executable' }
    : { file, kind, severity: 'error', why: `it is a ${kind}` }
}
