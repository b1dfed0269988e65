import type { Platform } from '../../model/platform.js'
import type { ElfFacts } from '../elf/elf-facts.js'

/** What makes machine code of one kind: the part of the ELF header that kernels and loaders compare. */
export type Abi = Pick<ElfFacts, 'machine' | 'bits' | 'endianness'>

const abi = (machine: number, bits: 32 | 64, endianness: 'little' | 'big'): Abi => ({
  machine,
  bits,
  endianness,
})

/** By OCI architecture (Go's GOARCH); `e_machine` from the gABI's registry. */
const ABIS: ReadonlyMap<string, Abi> = new Map([
  ['386', abi(3, 32, 'little')],
  ['amd64', abi(62, 64, 'little')],
  ['arm', abi(40, 32, 'little')],
  ['arm64', abi(183, 64, 'little')],
  ['loong64', abi(258, 64, 'little')],
  ['mips', abi(8, 32, 'big')],
  ['mipsle', abi(8, 32, 'little')],
  ['mips64', abi(8, 64, 'big')],
  ['mips64le', abi(8, 64, 'little')],
  ['ppc', abi(20, 32, 'big')],
  ['ppc64', abi(21, 64, 'big')],
  ['ppc64le', abi(21, 64, 'little')],
  ['riscv', abi(243, 32, 'little')],
  ['riscv64', abi(243, 64, 'little')],
  ['s390', abi(22, 32, 'big')],
  ['s390x', abi(22, 64, 'big')],
])

/** The ABI of a platform's programs; undefined where they are not ELF, or the architecture is not known here. */
export function findAbi(platform: Platform): Abi | undefined {
  return platform.os === 'linux' ? ABIS.get(platform.architecture) : undefined
}

/** Whether the file is code for this ABI. */
export function fitsAbi(elf: Abi, wanted: Abi): boolean {
  return elf.machine === wanted.machine && elf.bits === wanted.bits && elf.endianness === wanted.endianness
}

/** Whether a loader maps both into one process; float ABIs count where both files tell theirs. */
export function canShareProcess(a: ElfFacts, b: ElfFacts): boolean {
  const floats = a.floatAbi === undefined || b.floatAbi === undefined || a.floatAbi === b.floatAbi
  return fitsAbi(a, b) && floats
}

/** Whether the platform's own kernels run the file as they run their own: 386 programs on amd64. */
export function runsBesides(elf: Abi, platform: Platform): boolean {
  const other = platform.architecture === 'amd64' ? ABIS.get('386') : undefined
  return other !== undefined && fitsAbi(elf, other)
}
