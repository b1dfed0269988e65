import { Buffer } from 'node:buffer'

interface Recipe {
  readonly machine: number
  readonly bits: 32 | 64
  readonly endianness: 'little' | 'big'
  readonly flags?: number
  /** Machine code, as hex in memory order, that ends the process with PROBE_EXIT_CODE. */
  readonly code: string
}

/** What a probe program exits with: a number that no shell, loader or emulator uses for an error. */
export const PROBE_EXIT_CODE = 42

/**
 * `exit(42)` for each architecture, assembled by hand: two register loads and a system call. The smallest
 * program that proves that a host can run a platform at all, without an image of that platform.
 */
const RECIPES: Readonly<Record<string, Recipe>> = {
  amd64: { machine: 62, bits: 64, endianness: 'little', code: 'bf2a000000b83c0000000f05' },
  '386': { machine: 3, bits: 32, endianness: 'little', code: 'bb2a000000b801000000cd80' },
  arm64: { machine: 183, bits: 64, endianness: 'little', code: '400580d2a80b80d2010000d4' },
  arm: { machine: 40, bits: 32, endianness: 'little', flags: 0x05000000, code: '2a00a0e30170a0e3000000ef' },
  ppc64le: { machine: 21, bits: 64, endianness: 'little', flags: 2, code: '2a0060380100003802000044' },
  s390x: { machine: 22, bits: 64, endianness: 'big', code: 'a729002a0a01' },
  riscv64: { machine: 243, bits: 64, endianness: 'little', code: '1305a0029308d00573000000' },
  mips64le: {
    machine: 8,
    bits: 64,
    endianness: 'little',
    flags: 0x80000000,
    code: '2a000424c21302240c000000',
  },
  loong64: { machine: 258, bits: 64, endianness: 'little', flags: 0x43, code: '04a880030b74810300002b00' },
}

/** Architectures (OCI's words) that a probe program exists for. */
export const PROBE_ARCHITECTURES: readonly string[] = Object.keys(RECIPES)

/**
 * Makes a static ELF executable of that architecture that does nothing but exit with PROBE_EXIT_CODE;
 * undefined for an architecture without a recipe.
 */
export function makeProbeProgram(architecture: string): Buffer | undefined {
  // An image's own word: `constructor` is no architecture.
  const recipe = Object.hasOwn(RECIPES, architecture) ? RECIPES[architecture] : undefined
  if (recipe === undefined) return undefined
  const wide = recipe.bits === 64
  const headerSize = wide ? 64 : 52
  const segmentSize = wide ? 56 : 32
  const code = Buffer.from(recipe.code, 'hex')
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
