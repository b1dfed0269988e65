/** What the first bytes of an ELF file say (System V ABI, "ELF Header"). */
export interface ElfHeader {
  /** `e_machine`. */
  readonly machine: number
  readonly bits: 32 | 64
  readonly endianness: 'little' | 'big'
  /** The architecture in OCI's words; undefined for a machine that OCI has no word for. */
  readonly architecture: string | undefined
}

/** How many bytes of a file `readElfHeader` needs. */
export const ELF_HEADER_BYTES = 20

type Naming = (bits: 32 | 64, endianness: 'little' | 'big') => string | undefined

/** `e_machine` → OCI architecture (Go's GOARCH values, which the image-spec adopts). */
const MACHINES: Readonly<Record<number, Naming>> = {
  3: () => '386',
  8: (bits, endianness) => `mips${bits === 64 ? '64' : ''}${endianness === 'little' ? 'le' : ''}`,
  20: () => 'ppc',
  21: (_, endianness) => (endianness === 'little' ? 'ppc64le' : 'ppc64'),
  22: bits => (bits === 64 ? 's390x' : 's390'),
  40: () => 'arm',
  62: bits => (bits === 64 ? 'amd64' : undefined),
  183: () => 'arm64',
  243: bits => (bits === 64 ? 'riscv64' : 'riscv'),
  258: bits => (bits === 64 ? 'loong64' : undefined),
}

/** Reads the header of an ELF file from its first bytes; undefined where they are no ELF file. */
export function readElfHeader(bytes: Uint8Array): ElfHeader | undefined {
  if (bytes.length < ELF_HEADER_BYTES) return undefined
  if (bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) return undefined
  const bits = bytes[4] === 2 ? 64 : bytes[4] === 1 ? 32 : undefined
  const endianness = bytes[5] === 1 ? 'little' : bytes[5] === 2 ? 'big' : undefined
  if (bits === undefined || endianness === undefined) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const machine = view.getUint16(18, endianness === 'little')
  return { machine, bits, endianness, architecture: MACHINES[machine]?.(bits, endianness) }
}

/** `arm64`, or the number as `0x2a` where OCI has no word for it. */
export function formatElfMachine(header: ElfHeader): string {
  return header.architecture ?? `0x${header.machine.toString(16)}`
}
