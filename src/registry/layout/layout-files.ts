import type { Readable } from 'node:stream'

/** The files of an OCI layout, by their path inside it with forward slashes. */
export interface LayoutFiles {
  /** Bytes of a file; undefined where there is none. Throws `LAYOUT_INVALID` for something that is no plain file. */
  findSize(path: string): Promise<number | undefined>
  /** Opens a file that `findSize` found. */
  open(path: string): Promise<Readable>
  close(): Promise<void>
}
