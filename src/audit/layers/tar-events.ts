import type { EntryType, LayerProblem } from '../inventory.js'

/** What a tar says of an entry, before its content. */
export interface TarEntry {
  /** Decoded as it stands in the archive, not normalised. */
  readonly name: string
  readonly type: EntryType
  /** 12 bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of the content, a sparse file's with its holes; 0 where the type has none. */
  readonly size: number
  /** Bytes of content that the archive stores: fewer than `size` in a sparse file. */
  readonly stored: number
  /** Raw target of a link. */
  readonly link: string
  /** `security.capability` in hexadecimal. */
  readonly capability: string | undefined
}

/** Who reads a tar. Called in the archive's order; content is only valid during the call. */
export interface TarEvents {
  /** A new entry; false where its content is of no use, and then neither of the others is called for it. */
  onEntry(entry: TarEntry): boolean
  /** Bytes that belong at `at` of the content; what no call covers is a hole of zeros. */
  onData(bytes: Buffer, at: number): void
  /** The entry has ended. True makes the reader stop there until it is fed on. */
  onEnd(): boolean
  /** `name` is the entry's, where it is known, or the last one before. */
  onProblem(code: LayerProblem['code'], message: string, incomplete: boolean, name: string | undefined): void
}
