import type { TinyProgram } from '../tiny-program.js'

/** 64-bit POWER, little endian, ELFv2. System calls: r0, then r3, r4, r5. */
export const ppc64le: TinyProgram = {
  machine: 21,
  bits: 64,
  endianness: 'little',
  flags: 2,
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    780b2e7c             mr      14, 1
    d8ffee39             addi    15, 14, -40
    0000cff9             std     14, 0(15)
    02006038             li      3, 2
    08008f38             addi    4, 15, 8
    f6000038             li      0, 246
    02000044             sc
    -- the loop
    0004a03c             lis     5, 0x400
    a603a97c             mtctr   5
    00000042          1: bdnz    1b
    -- the clock again
    02006038             li      3, 2
    18008f38             addi    4, 15, 24
    f6000038             li      0, 246
    02000044             sc
    -- pass argv and envp, each with the zero that ends it
    0200003a             li      16, 2
    00002eea          2: ld      17, 0(14)
    0800ce39             addi    14, 14, 8
    0000312c             cmpdi   17, 0
    f4ff8240             bne     2b
    ffff1036             addic.  16, 16, -1
    ecff8240             bne     2b
    -- pass the auxiliary vector
    00002eea          3: ld      17, 0(14)
    1000ce39             addi    14, 14, 16
    0000312c             cmpdi   17, 0
    f4ff8240             bne     3b
    -- write(1) from the kept address to there, and 128 bytes more
    01006038             li      3, 1
    787be47d             mr      4, 15
    5070af7c             subf    5, 15, 14
    8000a538             addi    5, 5, 128
    04000038             li      0, 4
    02000044             sc
    -- exit(42)
    2a006038             li      3, 42
    01000038             li      0, 1
    02000044             sc
  `,
}
