/** How much of a layer is read; what goes beyond is a problem of the layer. */
export interface LayerLimits {
  /** Bytes of the tar. */
  readonly unpackedBytes: number
  readonly entries: number
  /** Bytes of all paths and link targets. */
  readonly nameBytes: number
  /** A tar of more than `explodeBytes` that is more than `explodeRatio` times what it was unpacked from is not read on. */
  readonly explodeBytes: number
  readonly explodeRatio: number
  /** Bytes of one file that are kept in memory; what goes beyond goes to a temporary file. */
  readonly memoryBytes: number
  /** Of a larger file that must be kept, only the hash is taken. */
  readonly spoolBytes: number
  /** Zeros that are hashed for the holes of one sparse file, and of all files of the layer. */
  readonly fileHoleBytes: number
  readonly holeBytes: number
}

const MIB = 1024 ** 2
const GIB = 1024 ** 3

export const LAYER_LIMITS: LayerLimits = {
  unpackedBytes: 32 * GIB,
  entries: 1_000_000,
  nameBytes: 256 * MIB,
  explodeBytes: GIB,
  explodeRatio: 200,
  memoryBytes: 4 * MIB,
  spoolBytes: 8 * GIB,
  fileHoleBytes: 256 * MIB,
  holeBytes: GIB,
}
