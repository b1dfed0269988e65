/** The bytes of one file, in memory or spooled to disk, read at any place. */
export interface ByteSource {
  readonly size: number
  /** Up to `length` bytes from `offset` on; fewer, or none, where the file ends. Never throws for a range beyond the end. */
  read(offset: number, length: number): Uint8Array
}
