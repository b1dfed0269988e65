import type { ByteSource } from '../byte-source.js'
import type { FileFact } from '../inventory.js'

/** Reads one kind of file while its layer goes by. A new kind is one file and one line in the map. */
export interface Probe {
  readonly id: string
  /** Whether the path (relative to the root) is of this kind; called for every regular file, so it must be cheap. */
  matches(path: string): boolean
  /** A larger file is not read, and the fact says so. */
  readonly maxBytes: number
  /** Undefined where the file is not what its name promises. Never throws for what the bytes are. */
  read(source: ByteSource, path: string): FileFact | undefined | Promise<FileFact | undefined>
}
