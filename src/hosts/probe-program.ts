import { Buffer } from 'node:buffer'
import { amd64 } from './probe-code/amd64.js'
import { arm } from './probe-code/arm.js'
import { arm64 } from './probe-code/arm64.js'
import { i386 } from './probe-code/i386.js'
import { loong64 } from './probe-code/loong64.js'
import { mips64le } from './probe-code/mips64le.js'
import { ppc64le } from './probe-code/ppc64le.js'
import { type ProbeRecipe, readListing } from './probe-code/recipe.js'
import { riscv64 } from './probe-code/riscv64.js'
import { s390x } from './probe-code/s390x.js'

/** What a probe program exits with: a number that no shell, loader or emulator uses for an error. */
export const PROBE_EXIT_CODE = 42

/** How many bytes a probe program writes beyond its auxiliary vector, where the kernel keeps the platform's name. */
export const PROBE_TAIL_BYTES = 128

/**
 * What whoever starts a probe program must give it: strings above the auxiliary vector, so that what it writes
 * never reaches past the top of its stack (write() then fails under QEMU, and is cut short by a kernel).
 */
export const PROBE_PADDING: readonly [name: string, value: string] = [
  'ARCHPARITY_PADDING',
  '.'.repeat(2 * PROBE_TAIL_BYTES),
]

/** Each is a listing of one program (docs/decisions/0011-tiny-probe-programs.md says what it does and why). */
const RECIPES: Readonly<Record<string, ProbeRecipe>> = {
  amd64,
  '386': i386,
  arm64,
  arm,
  ppc64le,
  s390x,
  riscv64,
  mips64le,
  loong64,
}

/** Architectures (OCI's words) that a probe program exists for. */
export const PROBE_ARCHITECTURES: readonly string[] = Object.keys(RECIPES)

/**
 * Makes a static ELF executable of that architecture, which times a fixed loop, writes the times and its initial
 * stack to stdout (readProbeReport reads that) and exits with PROBE_EXIT_CODE. It needs no file, no library and
 * nothing but PROBE_PADDING. Undefined for an architecture without a recipe.
 */
export function makeProbeProgram(architecture: string): Buffer | undefined {
  const recipe = findProbeRecipe(architecture)
  if (recipe === undefined) return undefined
  const wide = recipe.bits === 64
  const headerSize = wide ? 64 : 52
  const segmentSize = wide ? 56 : 32
  const code = readListing(recipe.code)
  const start = headerSize + segmentSize
  const file = Buffer.alloc(start + code.length)
  const write = makeWriter(file, recipe.endianness === 'little')
  const base = 0x10000
  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, recipe.endianness === 'little' ? 1 : 2, 1], 0)
  write.half(16, 2)
  write.half(18, recipe.machine)
  write.word(20, 1)
  if (wide) {
    write.long(24, base + start)
    write.long(32, headerSize)
    write.word(48, recipe.flags ?? 0)
    for (const [at, value] of [
      [52, headerSize],
      [54, segmentSize],
      [56, 1],
    ] as const)
      write.half(at, value)
    write.word(64, 1)
    write.word(68, 5)
    for (const [at, value] of [
      [80, base],
      [88, base],
      [96, file.length],
      [104, file.length],
      [112, 0x10000],
    ] as const)
      write.long(at, value)
  } else {
    write.word(24, base + start)
    write.word(28, headerSize)
    write.word(36, recipe.flags ?? 0)
    for (const [at, value] of [
      [40, headerSize],
      [42, segmentSize],
      [44, 1],
    ] as const)
      write.half(at, value)
    const words = [1, 0, base, base, file.length, file.length, 5, 0x10000]
    for (const [index, value] of words.entries()) write.word(headerSize + index * 4, value)
  }
  code.copy(file, start)
  return file
}

/** The recipe of an architecture, if there is one. An image's own word: `constructor` is no architecture. */
export function findProbeRecipe(architecture: string): ProbeRecipe | undefined {
  return Object.hasOwn(RECIPES, architecture) ? RECIPES[architecture] : undefined
}

function makeWriter(file: Buffer, little: boolean) {
  return {
    half: (at: number, value: number) =>
      little ? file.writeUInt16LE(value, at) : file.writeUInt16BE(value, at),
    word: (at: number, value: number) =>
      little ? file.writeUInt32LE(value, at) : file.writeUInt32BE(value, at),
    long: (at: number, value: number) =>
      little ? file.writeBigUInt64LE(BigInt(value), at) : file.writeBigUInt64BE(BigInt(value), at),
  }
}
