import type { TinyProgram } from '../tiny-program.js'

/** RISC-V without the compressed instructions. System calls: a7, then a0, a1, a2. */
export const riscv64: TinyProgram = {
  machine: 243,
  bits: 64,
  endianness: 'little',
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    13040100             mv      s0, sp
    930484fd             addi    s1, s0, -40
    23b08400             sd      s0, 0(s1)
    13052000             li      a0, 2
    93858400             addi    a1, s1, 8
    93081007             li      a7, 113
    73000000             ecall
    -- the loop
    37060004             lui     a2, 0x4000
    1306f6ff          1: addi    a2, a2, -1
    e31e06fe             bnez    a2, 1b
    -- the clock again
    13052000             li      a0, 2
    93858401             addi    a1, s1, 24
    73000000             ecall
    -- pass argv and envp, each with the zero that ends it
    93062000             li      a3, 2
    03370400          2: ld      a4, 0(s0)
    13048400             addi    s0, s0, 8
    e31c07fe             bnez    a4, 2b
    9386f6ff             addi    a3, a3, -1
    e39806fe             bnez    a3, 2b
    -- pass the auxiliary vector
    03370400          3: ld      a4, 0(s0)
    13040401             addi    s0, s0, 16
    e31c07fe             bnez    a4, 3b
    -- write(1) from the kept address to there, and 128 bytes more
    13051000             li      a0, 1
    93850400             mv      a1, s1
    33069440             sub     a2, s0, s1
    13060608             addi    a2, a2, 128
    93080004             li      a7, 64
    73000000             ecall
    -- exit(42)
    1305a002             li      a0, 42
    9308d005             li      a7, 93
    73000000             ecall
  `,
}
