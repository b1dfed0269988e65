import type { ByteSource } from '../byte-source.js'
import type { FileFact } from '../inventory.js'
import type { ProbeId } from './probe-bytes.js'

/** Reads one kind of file while its layer goes by. A new kind is one file, a line in the map and one in `PROBE_BYTES`. */
export interface Probe {
  readonly id: ProbeId
  /** Whether the path (relative to the root) is of this kind; called for every regular file, so it must be cheap. */
  matches(path: string): boolean
  /** A larger file is not read, and the fact says so. */
  readonly maxBytes: number
  /** Undefined where the file is not what its name promises. Never throws for what the bytes are. */
  read(source: ByteSource, path: string): FileFact | undefined | Promise<FileFact | undefined>
}
