/** A program of a few instructions: it writes `text` to stdout and exits with `exitCode`, or dies of a fatal signal. */
export type TinyProgram =
  | { readonly does: 'print'; readonly text: string; readonly exitCode: number }
  /** Executes an instruction that is undefined for ever: SIGILL. */
  | { readonly does: 'crash' }

interface Assembler {
  readonly machine: number
  readonly bits: 32 | 64
  readonly endianness: 'little' | 'big'
  /** `e_flags`, where the ABI wants them. */
  readonly flags?: number
  /** In memory order, as hex. */
  readonly undefinedInstruction: string
  /** write(1, address, length), then exit(exitCode): instructions as hex in memory order. */
  readonly print: (address: number, length: number, exitCode: number) => string[]
}

/** Hex of a 32-bit number, least significant byte first. */
function le(word: number): string {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(word >>> 0)
  return buffer.toString('hex')
}

/** Hex of a number, most significant byte first. */
function be(value: number, digits: 4 | 8): string {
  return value.toString(16).padStart(digits, '0')
}

const high = (value: number): number => value >>> 16
const low = (value: number): number => value & 0xffff
/** ARM's movw (base 0xe3000000) and movt (0xe3400000): the immediate is split around the register. */
const armMove = (base: number, register: number, value: number): string =>
  le(base | ((value >>> 12) << 16) | (register << 12) | (value & 0xfff))
/** AArch64's movz (base 0xd2800000) and movk into bits 16-31 (0xf2a00000). */
const arm64Move = (base: number, register: number, value: number): string =>
  le(base | (value << 5) | register)

/** Assembled by hand from each architecture's manual, with Linux's system call numbers. */
const ASSEMBLERS: Readonly<Record<string, Assembler>> = {
  amd64: {
    machine: 62,
    bits: 64,
    endianness: 'little',
    undefinedInstruction: '0f0b',
    print: (address, length, exitCode) => [
      ...['bf', le(1), 'be', le(address), 'ba', le(length), 'b8', le(1), '0f05'],
      ...['bf', le(exitCode), 'b8', le(60), '0f05'],
    ],
  },
  '386': {
    machine: 3,
    bits: 32,
    endianness: 'little',
    undefinedInstruction: '0f0b',
    print: (address, length, exitCode) => [
      ...['bb', le(1), 'b9', le(address), 'ba', le(length), 'b8', le(4), 'cd80'],
      ...['bb', le(exitCode), 'b8', le(1), 'cd80'],
    ],
  },
  arm64: {
    machine: 183,
    bits: 64,
    endianness: 'little',
    undefinedInstruction: le(0),
    print: (address, length, exitCode) => [
      ...[
        arm64Move(0xd2800000, 0, 1),
        arm64Move(0xd2800000, 1, low(address)),
        arm64Move(0xf2a00000, 1, high(address)),
      ],
      ...[arm64Move(0xd2800000, 2, length), arm64Move(0xd2800000, 8, 64), le(0xd4000001)],
      ...[arm64Move(0xd2800000, 0, exitCode), arm64Move(0xd2800000, 8, 93), le(0xd4000001)],
    ],
  },
  arm: {
    machine: 40,
    bits: 32,
    endianness: 'little',
    flags: 0x05000000,
    undefinedInstruction: le(0xe7f000f0),
    print: (address, length, exitCode) => [
      ...[
        armMove(0xe3000000, 0, 1),
        armMove(0xe3000000, 1, low(address)),
        armMove(0xe3400000, 1, high(address)),
      ],
      ...[armMove(0xe3000000, 2, length), armMove(0xe3000000, 7, 4), le(0xef000000)],
      ...[armMove(0xe3000000, 0, exitCode), armMove(0xe3000000, 7, 1), le(0xef000000)],
    ],
  },
  ppc64le: {
    machine: 21,
    bits: 64,
    endianness: 'little',
    flags: 2,
    undefinedInstruction: le(0),
    print: (address, length, exitCode) => [
      ...[le(0x38000004), le(0x38600001), le(0x3c800000 | high(address)), le(0x60840000 | low(address))],
      ...[le(0x38a00000 | length), le(0x44000002)],
      ...[le(0x38000001), le(0x38600000 | exitCode), le(0x44000002)],
    ],
  },
  s390x: {
    machine: 22,
    bits: 64,
    endianness: 'big',
    undefinedInstruction: '0000',
    print: (address, length, exitCode) => [
      ...['a729', be(1, 4), 'c03f', be(address, 8), 'a749', be(length, 4), '0a04'],
      ...['a729', be(exitCode, 4), '0a01'],
    ],
  },
}

const BASE = 0x100000

/**
 * Writes a static executable of that architecture (OCI's word) that needs neither loader nor libraries (System V ABI,
 * "Object Files": one header, one loadable segment).
 */
export function writeTinyElf(architecture: string, program: TinyProgram): Buffer {
  const assembler = ASSEMBLERS[architecture]
  if (assembler === undefined) throw new Error(`no assembler for ${architecture}`)
  const start = assembler.bits === 64 ? 64 + 56 : 52 + 32
  const body = assemble(assembler, program, BASE + start)
  return Buffer.concat([writeHeaders(assembler, start, body), body])
}

function assemble(assembler: Assembler, program: TinyProgram, at: number): Buffer {
  if (program.does === 'crash') return Buffer.from(assembler.undefinedInstruction.repeat(2), 'hex')
  const text = Buffer.from(program.text)
  const write = (address: number): Buffer =>
    Buffer.from(assembler.print(address, text.length, program.exitCode).join(''), 'hex')
  // The code's length does not depend on the address, which comes right after it.
  return Buffer.concat([write(at + write(at).length), text])
}

function writeHeaders(
  { machine, bits, endianness, flags = 0 }: Assembler,
  start: number,
  body: Buffer,
): Buffer {
  const wide = bits === 64
  const file = Buffer.alloc(start)
  const isLittle = endianness === 'little'
  let at = 0
  const put = (size: 2 | 4 | 8, ...values: number[]): void => {
    for (const value of values) {
      if (size === 8)
        isLittle ? file.writeBigUInt64LE(BigInt(value), at) : file.writeBigUInt64BE(BigInt(value), at)
      else if (isLittle) file.writeUIntLE(value, at, size)
      else file.writeUIntBE(value, at, size)
      at += size
    }
  }
  const word = wide ? 8 : 4
  at += file.write('7f454c46', 'hex')
  file.set([wide ? 2 : 1, isLittle ? 1 : 2, 1], at)
  at = 16
  put(2, 2, machine)
  put(4, 1)
  put(word, BASE + start, wide ? 64 : 52, 0)
  put(4, flags)
  put(2, wide ? 64 : 52, wide ? 56 : 32, 1, 0, 0, 0)
  const size = start + body.length
  const [readAndExecute, align] = [5, 0x10000]
  put(4, 1)
  if (wide) put(4, readAndExecute)
  put(word, 0, BASE, BASE, size, size)
  if (!wide) put(4, readAndExecute)
  put(word, align)
  return file
}
