import { Buffer } from 'node:buffer'

/** What makes an executable one of an architecture, and machine code for it. */
export interface TinyProgram {
  /** e_machine and e_flags of the ELF header. */
  readonly machine: number
  readonly flags?: number
  readonly bits: 32 | 64
  readonly endianness: 'little' | 'big'
  /**
   * A listing: on each line one instruction, as hex in memory order and then as its assembler reads it, or a
   * note that begins with `--`.
   */
  readonly code: string
}

/** Makes a static ELF executable of one segment, which begins with the first instruction of the listing. */
export function linkProgram(program: TinyProgram): Buffer {
  const wide = program.bits === 64
  const headerSize = wide ? 64 : 52
  const segmentSize = wide ? 56 : 32
  const code = readListing(program.code)
  const start = headerSize + segmentSize
  const file = Buffer.alloc(start + code.length)
  const write = makeWriter(file, program.endianness === 'little')
  const base = 0x10000
  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, program.endianness === 'little' ? 1 : 2, 1], 0)
  write.half(16, 2)
  write.half(18, program.machine)
  write.word(20, 1)
  if (wide) {
    write.long(24, base + start)
    write.long(32, headerSize)
    write.word(48, program.flags ?? 0)
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
    write.word(36, program.flags ?? 0)
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

/** The machine code of a listing. */
function readListing(code: string): Buffer {
  const lines = code.split('\n').map(line => line.trim())
  const instructions = lines.filter(line => line !== '' && !line.startsWith('--'))
  return Buffer.from(instructions.map(line => line.split(' ')[0]).join(''), 'hex')
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
