/** The files of an OCI layout, by their path inside it with forward slashes. */
export interface LayoutFiles {
  /** Bytes of a file; undefined where there is none. Throws `LAYOUT_INVALID` for something that is no plain file. */
  findSize(path: string): Promise<number | undefined>
  /** The bytes of a file that `findSize` found; nothing is opened before the first is asked for. */
  read(path: string): AsyncIterable<Buffer>
  close(): Promise<void>
}
