import type { Buffer } from 'node:buffer'
import { findProbeRecipe, PROBE_TAIL_BYTES } from './probe-program.js'
import type { TinyProgram } from './tiny-program.js'

/** What a probe program tells of how it was run. */
export interface ProbeReport {
  /**
   * Who laid out its initial stack: true for QEMU's user mode, false for the Linux kernel, undefined for anyone
   * else. A translator that hands the kernel's own stack on (Rosetta) looks like the kernel.
   */
  readonly emulated: boolean | undefined
  /** CPU time of the program's fixed loop, in milliseconds. */
  readonly cpuTimeMs: number
  /** Bytes of a page, as programs of this platform are told. */
  readonly pageSize?: number
  /** AT_HWCAP and AT_HWCAP2 as hex with `0x`; what their bits mean is each architecture's own. */
  readonly hwcap?: string
  readonly hwcap2?: string
  /** AT_PLATFORM, the kernel's or emulator's name for the CPU (`x86_64`, `v7l`, `power9`, `z15`). */
  readonly platform?: string
  /** Whether a vDSO is mapped. QEMU has one from 8.2 on, so it does not tell a kernel from an emulator. */
  readonly vdso: boolean
}

/** Types of the auxiliary vector's entries (Linux, include/uapi/linux/auxvec.h). */
const AT = {
  PHDR: 3,
  PHENT: 4,
  PHNUM: 5,
  PAGESZ: 6,
  BASE: 7,
  FLAGS: 8,
  ENTRY: 9,
  UID: 11,
  EUID: 12,
  GID: 13,
  EGID: 14,
  PLATFORM: 15,
  HWCAP: 16,
  CLKTCK: 17,
  HWCAP2: 26,
  SYSINFO_EHDR: 33,
} as const

const LOADED = [AT.BASE, AT.FLAGS, AT.ENTRY, AT.UID, AT.EUID, AT.GID, AT.EGID]

/**
 * The order in which each writes the entries that all architectures have. What an architecture adds (vDSO, cache
 * sizes) comes before; what came later in history, after. Linux: create_elf_tables in fs/binfmt_elf.c, unchanged
 * since 2.6. QEMU: create_elf_tables in linux-user/elfload.c. Measured: decision 11.
 */
const LINUX_ORDER = [AT.HWCAP, AT.PAGESZ, AT.CLKTCK, AT.PHDR, AT.PHENT, AT.PHNUM, ...LOADED]
const QEMU_ORDER = [AT.PHDR, AT.PHENT, AT.PHNUM, AT.PAGESZ, ...LOADED, AT.HWCAP, AT.CLKTCK]
const COMMON = new Set<number>(LINUX_ORDER)

/** The words before the stack: the address of the stack, and two timespecs. */
const HEADER_WORDS = 5
const MAX_REPORT_BYTES = 64 * 1024

/**
 * Reads what the probe program of that architecture wrote to stdout. Undefined for anything that it cannot have
 * written: the bytes come from a host, and a host may send whatever it likes.
 */
export function readProbeReport(architecture: string, bytes: Buffer): ProbeReport | undefined {
  const recipe = findProbeRecipe(architecture)
  if (recipe === undefined || bytes.length > MAX_REPORT_BYTES) return undefined
  const words = readWords(recipe, bytes)
  const vector = readVector(words)
  const cpuTimeMs = readCpuTime(words)
  if (vector === undefined || cpuTimeMs === undefined) return undefined
  const wordBytes = recipe.bits / 8
  if (bytes.length > vector.end * wordBytes + PROBE_TAIL_BYTES) return undefined
  const find = (type: number) => vector.entries.find(entry => entry.type === type)?.value
  const pageSize = find(AT.PAGESZ)
  if (pageSize !== undefined && !isPageSize(pageSize)) return undefined
  const hwcap = find(AT.HWCAP)
  const hwcap2 = find(AT.HWCAP2)
  const vdso = (find(AT.SYSINFO_EHDR) ?? 0n) !== 0n
  const at = find(AT.PLATFORM)
  const platform =
    at === undefined
      ? undefined
      : readName(bytes, Number(at - (words[0] as bigint)) + HEADER_WORDS * wordBytes)
  return {
    emulated: tellEmulation(
      vector.entries.map(entry => entry.type),
      vdso,
    ),
    cpuTimeMs,
    ...(pageSize === undefined ? {} : { pageSize: Number(pageSize) }),
    ...(hwcap === undefined ? {} : { hwcap: `0x${hwcap.toString(16)}` }),
    ...(hwcap2 === undefined ? {} : { hwcap2: `0x${hwcap2.toString(16)}` }),
    ...(platform === undefined ? {} : { platform }),
    vdso,
  }
}

function readWords({ bits, endianness }: TinyProgram, bytes: Buffer): bigint[] {
  const little = endianness === 'little'
  const size = bits / 8
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => {
    if (bits === 64) return little ? bytes.readBigUInt64LE(index * 8) : bytes.readBigUInt64BE(index * 8)
    return BigInt(little ? bytes.readUInt32LE(index * 4) : bytes.readUInt32BE(index * 4))
  })
}

interface Vector {
  readonly entries: readonly { readonly type: number; readonly value: bigint }[]
  /** Index of the first word after the vector. */
  readonly end: number
}

/** Finds the auxiliary vector above argc, argv and envp; undefined where one of them has no end. */
function readVector(words: readonly bigint[]): Vector | undefined {
  const argc = words[HEADER_WORDS]
  const argvEnd = words.indexOf(0n, HEADER_WORDS + 1)
  if (argc === undefined || argvEnd < 0 || BigInt(argvEnd - HEADER_WORDS - 1) !== argc) return undefined
  const envpEnd = words.indexOf(0n, argvEnd + 1)
  if (envpEnd < 0) return undefined
  const entries = []
  for (let index = envpEnd + 1; index + 1 < words.length; index += 2) {
    const [type, value] = [words[index] as bigint, words[index + 1] as bigint]
    if (type === 0n) return { entries, end: index + 2 }
    entries.push({ type: Number(type), value })
  }
  return undefined
}

function readCpuTime(words: readonly bigint[]): number | undefined {
  const [, startSeconds, start, endSeconds, end] = words
  if (startSeconds === undefined || start === undefined || endSeconds === undefined || end === undefined)
    return undefined
  if (start >= 1_000_000_000n || end >= 1_000_000_000n) return undefined
  const nanoseconds = (endSeconds - startSeconds) * 1_000_000_000n + end - start
  // Nobody waits for a day, and no CPU runs the loop in no time.
  return nanoseconds <= 0n || nanoseconds > 86_400_000_000_000n ? undefined : Number(nanoseconds) / 1e6
}

function isPageSize(value: bigint): boolean {
  return value >= 1024n && value <= 16n * 1024n * 1024n && (value & (value - 1n)) === 0n
}

/** A name of a few harmless characters that ends within the bytes; else it is not told. */
function readName(bytes: Buffer, offset: number): string | undefined {
  if (!(offset >= 0 && offset < bytes.length)) return undefined
  const end = bytes.indexOf(0, offset)
  const name = end < 0 ? '' : bytes.toString('latin1', offset, end)
  return /^[\w.+-]{1,32}$/.test(name) ? name : undefined
}

function tellEmulation(types: readonly number[], vdso: boolean): boolean | undefined {
  const first = types.findIndex(type => COMMON.has(type))
  const follows = (order: readonly number[]) => order.every((type, index) => types[first + index] === type)
  if (first >= 0 && follows(QEMU_ORDER)) return true
  // Emulators that imitate the kernel's order (box64) map no vDSO; a kernel without one is not told from them.
  return first >= 0 && follows(LINUX_ORDER) && vdso ? false : undefined
}
