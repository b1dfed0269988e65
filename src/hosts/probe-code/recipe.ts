import { Buffer } from 'node:buffer'

/** What makes an executable one of an architecture, and the probe's machine code for it. */
export interface ProbeRecipe {
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

/** The machine code of a listing. */
export function readListing(code: string): Buffer {
  const lines = code.split('\n').map(line => line.trim())
  const instructions = lines.filter(line => line !== '' && !line.startsWith('--'))
  return Buffer.from(instructions.map(line => line.split(' ')[0]).join(''), 'hex')
}
