import type { TinyProgram } from '../tiny-program.js'

/** 32-bit ARM, nothing newer than ARMv4T, EABI. System calls: r7, then r0, r1, r2. */
export const arm: TinyProgram = {
  machine: 40,
  bits: 32,
  endianness: 'little',
  flags: 0x05000000,
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    0d40a0e1             mov     r4, sp
    145044e2             sub     r5, r4, #20
    004085e5             str     r4, [r5]
    0200a0e3             mov     r0, #2
    041085e2             add     r1, r5, #4
    017ca0e3             mov     r7, #256
    077087e2             add     r7, r7, #7
    000000ef             svc     #0
    -- the loop
    0123a0e3             mov     r2, #0x4000000
    012052e2          1: subs    r2, r2, #1
    fdffff1a             bne     1b
    -- the clock again
    0200a0e3             mov     r0, #2
    0c1085e2             add     r1, r5, #12
    000000ef             svc     #0
    -- pass argv and envp, each with the zero that ends it
    0230a0e3             mov     r3, #2
    046094e4          2: ldr     r6, [r4], #4
    000056e3             cmp     r6, #0
    fcffff1a             bne     2b
    013053e2             subs    r3, r3, #1
    faffff1a             bne     2b
    -- pass the auxiliary vector
    086094e4          3: ldr     r6, [r4], #8
    000056e3             cmp     r6, #0
    fcffff1a             bne     3b
    -- write(1) from the kept address to there, and 128 bytes more
    0100a0e3             mov     r0, #1
    0510a0e1             mov     r1, r5
    052044e0             sub     r2, r4, r5
    802082e2             add     r2, r2, #128
    0470a0e3             mov     r7, #4
    000000ef             svc     #0
    -- exit(42)
    2a00a0e3             mov     r0, #42
    0170a0e3             mov     r7, #1
    000000ef             svc     #0
  `,
}
