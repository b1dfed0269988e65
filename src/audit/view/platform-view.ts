import type { Platform } from '../../model/platform.js'
import type { ElfFacts } from '../elf/elf-facts.js'
import type { Package, PlatformInventory, TreeEntry } from '../inventory.js'

/** A path with every symbolic link followed inside the root. */
export interface ResolvedPath {
  /** Relative to the root, as in the tree. */
  readonly path: string
  readonly entry: TreeEntry
}

/** An ELF file of the merged root, once per path. */
export interface ElfFile {
  readonly path: string
  readonly entry: TreeEntry
  readonly elf: ElfFacts
}

/** Where the loader finds what a file needs. */
export interface LibraryAnswer {
  readonly name: string
  /** Path in the tree, links followed; absent where the search does not find a fitting file. */
  readonly path?: string
  /** Files of that name that the search met and passed over: of another machine, class or float ABI. */
  readonly unfit: readonly string[]
  /** Files of that name and fitting elsewhere in the root, where the search does not look. */
  readonly elsewhere: readonly string[]
  /** Directories looked through, in order. */
  readonly searched: readonly string[]
}

/** C library that a program asks for, from its interpreter and needs. */
export type Libc = 'glibc' | 'musl' | 'bionic' | 'other'

/** One platform as rules see it: its inventory with what is derived from it, computed once and only when asked. */
export interface PlatformView {
  readonly label: string
  readonly platform: Platform
  readonly inventory: PlatformInventory
  /** Whether absence proves anything here. */
  readonly complete: boolean
  /** Every ELF file, sorted by path. */
  readonly elfFiles: readonly ElfFile[]
  /** ELF files that are started as programs by the image's own commands: entrypoint, command, health check, links followed. */
  readonly entryPrograms: readonly ElfFile[]
  /** Follows links inside the root; undefined where something is missing or the links loop. `from` is the directory of a relative path. */
  resolve(path: string, from?: string): ResolvedPath | undefined
  /** How the image's own loader would look for a library that this file needs. */
  findLibrary(name: string, needer: ElfFile): LibraryAnswer
  /** All files of the program's start: its libraries and theirs, itself first. */
  listClosure(program: ElfFile): readonly ElfFile[]
  /** The package that a file belongs to. */
  findOwner(path: string): Package | undefined
  /** The path with this platform's own words (triplet, loader, lib64, architecture names) made neutral. */
  neutralizePath(path: string): string
}
