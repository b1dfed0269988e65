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

/** What the loader maps for a program's start, and what it does not find. */
export interface ProgramStart {
  /** The program, its interpreter, then its libraries in the order of loading. */
  readonly files: readonly ElfFile[]
  /** Every need that is met: who asks for which name, and the file that serves it. */
  readonly links: readonly { readonly needer: ElfFile; readonly name: string; readonly file: ElfFile }[]
  /** Every name that is not found, once, with the first file that asks for it. */
  readonly missing: readonly {
    readonly needer: ElfFile
    readonly name: string
    readonly answer: LibraryAnswer
  }[]
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
  /** Scripts that the image's own commands start, links followed. */
  readonly entryScripts: readonly ResolvedPath[]
  /** Directories of the image's PATH, in order, as written; the engine's default where it sets none. */
  readonly searchPath: readonly string[]
  /** Follows links inside the root; undefined where something is missing or the links loop. `from` is the directory of a relative path. */
  resolve(path: string, from?: string): ResolvedPath | undefined
  /** How the image's own loader would look for a library that this file needs. */
  findLibrary(name: string, needer: ElfFile): LibraryAnswer
  /** What the loader would do to start a program. */
  traceStart(program: ElfFile): ProgramStart
  /** All files of the program's start: its libraries and theirs, itself first. */
  listClosure(program: ElfFile): readonly ElfFile[]
  /** Directories where the platform's own loader looks for every file's libraries: configured and default ones. */
  readonly loaderDirectories: readonly string[]
  /** Absolute path of a program that is named as commands name it; scripts included. */
  findProgram(name: string): ResolvedPath | undefined
  /** The package that a file belongs to. */
  findOwner(path: string): Package | undefined
  /** The path with this platform's own words (triplet, loader, lib64, architecture names) made neutral. */
  neutralizePath(path: string): string
}
