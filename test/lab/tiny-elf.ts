/** What a program writes to stdout, and what it exits with. */
interface Print {
  readonly text: string
  readonly exitCode: number
}

/** A program of a few instructions. */
export type TinyProgram =
  | ({ readonly does: 'print' } & Print)
  /** Executes an instruction that is undefined for ever: SIGILL. */
  | { readonly does: 'crash' }
  /** Adds to memory in one instruction, as ARMv8.1 can and ARMv8.0 cannot (SIGILL); then prints. arm64 only. */
  | ({ readonly does: 'add-atomically' } & Print)
  /** Prints one thing or the other. */
  | { readonly does: 'ask'; readonly whether: Question; readonly yes: Print; readonly no: Print }

/**
 * `may-trace`: ptrace(PTRACE_TRACEME) succeeds, which QEMU's user mode never lets it.
 * `has-atomics`: the CPU has the atomic instructions of ARMv8.1 (ID_AA64ISAR0_EL1, Arm ARM D17).
 */
type Question = 'may-trace' | 'has-atomics'

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
  readonly addAtomically?: readonly string[]
  /** Asks, and where the answer is no jumps over so many bytes that follow. */
  readonly ask?: Partial<Readonly<Record<Question, (skip: number) => string[]>>>
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
    ask: {
      // xor edi, edi; xor esi, esi; xor edx, edx; xor r10d, r10d; mov eax, 101; syscall; test rax, rax; js +skip
      'may-trace': skip => [
        ...['31ff', '31f6', '31d2', '4531d2', 'b8', le(101), '0f05', '4885c0'],
        `78${skip.toString(16).padStart(2, '0')}`,
      ],
    },
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
    // sub sp, sp, #16; str xzr, [sp]; mov x1, #1; ldadd x1, x2, [sp]
    addAtomically: [le(0xd10043ff), le(0xf90003ff), arm64Move(0xd2800000, 1, 1), le(0xf82103e2)],
    ask: {
      // x0 to x3 = 0, x8 = 117; svc #0; tbnz x0, #63, +skip
      'may-trace': skip => [
        ...[0, 1, 2, 3].map(register => arm64Move(0xd2800000, register, 0)),
        ...[arm64Move(0xd2800000, 8, 117), le(0xd4000001), le(0xb7f80000 | ((skip / 4 + 1) << 5))],
      ],
      // mrs x3, ID_AA64ISAR0_EL1; ubfx x3, x3, #20, #4; cbz x3, +skip
      'has-atomics': skip => [le(0xd5380603), le(0xd3545c63), le(0xb4000003 | ((skip / 4 + 1) << 5))],
    },
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
  const prints = program.does === 'ask' ? [program.yes, program.no] : [program]
  const texts = prints.map(({ text }) => Buffer.from(text))
  const write = (addresses: readonly number[]): Buffer => {
    const parts = prints.map(({ exitCode }, index) =>
      assembler.print(addresses[index] ?? 0, texts[index]?.length ?? 0, exitCode).join(''),
    )
    const before = program.does === 'print' ? [] : prepare(assembler, program, (parts[0]?.length ?? 0) / 2)
    return Buffer.from([...before, ...parts].join(''), 'hex')
  }
  // The code's length does not depend on the addresses, which come right after it.
  const end = at + write([]).length
  return Buffer.concat([write([end, end + (texts[0]?.length ?? 0)]), ...texts])
}

function prepare(
  assembler: Assembler,
  program: Extract<TinyProgram, { does: 'add-atomically' | 'ask' }>,
  skip: number,
): readonly string[] {
  const code = program.does === 'ask' ? assembler.ask?.[program.whether]?.(skip) : assembler.addAtomically
  if (code === undefined) throw new Error(`no code for ${program.does} on machine ${assembler.machine}`)
  return code
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
