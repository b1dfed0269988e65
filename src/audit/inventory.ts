import type { Digest } from '../model/digest.js'
import type { PlatformImage } from '../model/image.js'
import type { ElfFacts } from './elf/elf-facts.js'

export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo'

/** One entry of a layer's tar, in the layer's own order. */
export interface LayerEntry {
  /** Relative to the root, `/` between parts, no leading or trailing slash, no `.` or `..`: `usr/bin/env`. */
  readonly path: string
  readonly type: EntryType
  /** Permission bits with setuid, setgid and sticky (12 bits). */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of a regular file's content (of a sparse file: with its holes); 0 for others. */
  readonly size: number
  /** Raw target of a symbolic link; normalised path of what a hard link names. */
  readonly link?: string
  /** Value of `security.capability` in hexadecimal. */
  readonly capability?: string
  /** Of regular files only. */
  readonly content?: FileContent
}

/** What was learned from a regular file's bytes while they went by. */
export interface FileContent {
  /** Hexadecimal. */
  readonly sha256: string
  /** Where a sparse file has too many zeros to hash: `sha256` is of the places and bytes of its extents instead. */
  readonly extents?: true
  /**
   * Hash of a text file of at most 64 KiB with every architecture's words (names, triplets, loaders) made one; only
   * where that changes anything. Two files that differ in nothing else have it in common.
   */
  readonly neutralSha256?: string
  /** Present where the file is ELF, even a damaged one. */
  readonly elf?: ElfFacts
  /** First line of a script without `#!`, at most 255 bytes. */
  readonly shebang?: string
  /** Whether its first 1,024 bytes hold no NUL and are valid UTF-8; absent for an empty file. */
  readonly text?: boolean
  /** What a probe read of it (package databases, linker configuration, archives of native code). */
  readonly fact?: FileFact
}

/** A package of any ecosystem. */
export interface Package {
  readonly ecosystem: 'dpkg' | 'apk' | 'rpm' | 'python' | 'node'
  readonly name: string
  readonly version: string
  /** In the ecosystem's own words: `arm64`, `aarch64`, `all`, a wheel's tags joined by spaces. */
  readonly architecture?: string
  /** Source package and version, where the database names them. */
  readonly source?: string
  /** What it cannot work without, by name (dpkg Depends and Pre-Depends without versions, ...). */
  readonly requires?: readonly string[]
  /** What it cannot work without on some machines only, by name: requirements with a marker that asks for the machine. */
  readonly requiresSomewhere?: readonly string[]
}

/** What `package.json` says of where it runs (npm's `os`, `cpu`, `libc`) and of optional native parts. */
export interface NodeManifest {
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: readonly string[]
}

/** A native library inside a jar. */
export interface ArchiveMember {
  readonly path: string
  readonly size: number
  readonly elf?: ElfFacts
}

/** What a probe made of a file: pure data, small enough to be cached by the thousand. */
export type FileFact =
  | {
      readonly kind: 'packages'
      readonly packages: readonly Package[]
      /** Files by package name where the database itself lists them (apk, rpm). Absolute paths. */
      readonly files?: Readonly<Record<string, readonly string[]>>
      readonly problem?: string
    }
  | { readonly kind: 'node-manifest'; readonly package: Package; readonly manifest: NodeManifest }
  /** Which package a package manager put files there for: dpkg's `info/*.list`, a wheel's RECORD. Absolute paths. */
  | {
      readonly kind: 'file-list'
      readonly ecosystem: Package['ecosystem']
      readonly package: string
      readonly files: readonly string[]
    }
  /** A wheel's tags (`cp311-cp311-manylinux_2_17_aarch64`), and whether it says that it has no native code. */
  | { readonly kind: 'wheel'; readonly tags: readonly string[]; readonly purelib?: boolean }
  /** Small text files that rules read whole: `etc/ld.so.conf`, `etc/os-release`, ... */
  | { readonly kind: 'text'; readonly text: string }
  /** Library name → paths in `etc/ld.so.cache`. */
  | { readonly kind: 'loader-cache'; readonly libraries: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: 'archive'; readonly members: readonly ArchiveMember[]; readonly problem?: string }

/** Something about a layer that could not be read as it should be. */
export interface LayerProblem {
  readonly code:
    | 'truncated'
    | 'corrupt'
    | 'too-large'
    | 'explodes'
    | 'too-many-entries'
    | 'name-too-long'
    | 'escape'
    | 'unsupported'
    | 'diff-id-mismatch'
    | 'link-target-missing'
  /** Path of the entry, where one is to blame; sanitised by whoever shows it. */
  readonly path?: string
  readonly message: string
  /** True where the rest of the layer was not read, so that nothing may be concluded from what is missing. */
  readonly incomplete: boolean
}

/** All that the audit keeps of a layer; depends on nothing but the layer's bytes, so it can be cached by digest. */
export interface LayerInventory {
  /** Of the layer as stored. */
  readonly digest: Digest
  /** Of the tar that it unpacks to; absent where it could not be read to its end. */
  readonly diffId?: string
  /** Bytes as stored, and of the tar. */
  readonly size: number
  readonly unpackedSize: number
  readonly entries: readonly LayerEntry[]
  readonly problems: readonly LayerProblem[]
}

/** An entry of the merged root, with the layer that it comes from. Hard links carry the content they share. */
export interface TreeEntry extends LayerEntry {
  /** Position of its layer in the image, from 0. */
  readonly layer: number
}

/**
 * The root file system after all layers are applied, by path, which is each entry's own; `''` is the root itself where a
 * layer names it.
 */
export type Tree = ReadonlyMap<string, TreeEntry>

/** One platform of an image, read. */
export interface PlatformInventory {
  /** Formatted, and unique: a platform that the index lists twice carries a short digest. */
  readonly label: string
  readonly image: PlatformImage
  /** In the image's order. */
  readonly layers: readonly LayerInventory[]
  readonly tree: Tree
  /** Sorted by ecosystem, name and version. */
  readonly packages: readonly Package[]
  /** True where every layer was read to its end: only then may a rule conclude from what is missing. */
  readonly complete: boolean
}
