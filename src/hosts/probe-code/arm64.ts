import type { TinyProgram } from '../tiny-program.js'

/** AArch64. System calls: x8, then x0, x1, x2. */
export const arm64: TinyProgram = {
  machine: 183,
  bits: 64,
  endianness: 'little',
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    e9030091             mov     x9, sp
    2aa100d1             sub     x10, x9, #40
    490100f9             str     x9, [x10]
    400080d2             mov     x0, #2
    41210091             add     x1, x10, #8
    280e80d2             mov     x8, #113
    010000d4             svc     #0
    -- the loop
    0280a052             mov     w2, #0x4000000
    42040051          1: sub     w2, w2, #1
    e2ffff35             cbnz    w2, 1b
    -- the clock again
    400080d2             mov     x0, #2
    41610091             add     x1, x10, #24
    280e80d2             mov     x8, #113
    010000d4             svc     #0
    -- pass argv and envp, each with the zero that ends it
    44008052             mov     w4, #2
    258540f8          2: ldr     x5, [x9], #8
    e5ffffb5             cbnz    x5, 2b
    84040071             subs    w4, w4, #1
    a1ffff54             b.ne    2b
    -- pass the auxiliary vector
    250541f8          3: ldr     x5, [x9], #16
    e5ffffb5             cbnz    x5, 3b
    -- write(1) from the kept address to there, and 128 bytes more
    200080d2             mov     x0, #1
    e1030aaa             mov     x1, x10
    22010acb             sub     x2, x9, x10
    42000291             add     x2, x2, #128
    080880d2             mov     x8, #64
    010000d4             svc     #0
    -- exit(42)
    400580d2             mov     x0, #42
    a80b80d2             mov     x8, #93
    010000d4             svc     #0
  `,
}
