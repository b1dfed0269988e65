/** AArch64. */
export const arm64 = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    e90b40f9                ldr     x9, [sp, #16]
    ff8340d1                sub     sp, sp, #0x20, lsl #12
    ff8300d1                sub     sp, sp, #32
    e1030091                mov     x1, sp
    e90000b5                cbnz    x9, 1f
    -- without it: read(0), exit_group(0)
    000080d2                mov     x0, #0
    220080d2                mov     x2, #1
    e80780d2                mov     x8, #63
    010000d4                svc     #0
    000080d2                mov     x0, #0
    5c000014                b       13f
    -- 16 letters to the 8 bytes of the address
    03018052             1: mov     w3, #8
    25154038             2: ldrb    w5, [x9], #1
    26154038                ldrb    w6, [x9], #1
    c510050b                add     w5, w6, w5, lsl #4
    a5440151                sub     w5, w5, #0x51
    25140038                strb    w5, [x1], #1
    63040071                subs    w3, w3, #1
    41ffff54                b.ne    2b
    -- 2^24 ns
    0520a0d2                mov     x5, #0x1000000
    ff1701a9                stp     xzr, x5, [sp, #16]
    -- socket(AF_INET, SOCK_STREAM, 0)
    400080d2                mov     x0, #2
    210080d2                mov     x1, #1
    020080d2                mov     x2, #0
    c81880d2                mov     x8, #198
    010000d4                svc     #0
    e90300aa                mov     x9, x0
    -- connect, up to 32 times with a nanosleep after each
    0a048052                mov     w10, #32
    e00309aa             3: mov     x0, x9
    e1030091                mov     x1, sp
    020280d2                mov     x2, #16
    681980d2                mov     x8, #203
    010000d4                svc     #0
    400100b4                cbz     x0, 4f
    eb0300aa                mov     x11, x0
    e0430091                add     x0, sp, #16
    010080d2                mov     x1, #0
    a80c80d2                mov     x8, #101
    010000d4                svc     #0
    4a050071                subs    w10, w10, #1
    81feff54                b.ne    3b
    e0030baa                mov     x0, x11
    3b000014                b       12f
    -- clone a thread with everything shared
    00e081d2             4: mov     x0, #0xf00
    a000a0f2                movk    x0, #5, lsl #16
    010080d2                mov     x1, #0
    881b80d2                mov     x8, #220
    010000d4                svc     #0
    1f0000f1                cmp     x0, #0
    8b060054                b.lt    12f
    e0020054                b.eq    7f
    -- one byte to stdout: it is connected
    200080d2                mov     x0, #1
    e1030091                mov     x1, sp
    220080d2                mov     x2, #1
    080880d2                mov     x8, #64
    010000d4                svc     #0
    -- from the socket to stdout
    e00309aa             5: mov     x0, x9
    e1830091                add     x1, sp, #32
    2200a0d2                mov     x2, #0x10000
    e80780d2                mov     x8, #63
    010000d4                svc     #0
    1f0000f1                cmp     x0, #0
    ed040054                b.le    12f
    e20300aa                mov     x2, x0
    200080d2             6: mov     x0, #1
    080880d2                mov     x8, #64
    010000d4                svc     #0
    1f0000f1                cmp     x0, #0
    2d040054                b.le    12f
    2100008b                add     x1, x1, x0
    420000eb                subs    x2, x2, x0
    21ffff54                b.ne    6b
    f0ffff17                b       5b
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    000080d2             7: mov     x0, #0
    e1434091                add     x1, sp, #0x10, lsl #12
    21800091                add     x1, x1, #32
    2200a0d2                mov     x2, #0x10000
    e80780d2                mov     x8, #63
    010000d4                svc     #0
    1f0000f1                cmp     x0, #0
    cd010054                b.le    9f
    e20300aa                mov     x2, x0
    e00309aa             8: mov     x0, x9
    030088d2                mov     x3, #0x4000
    040080d2                mov     x4, #0
    050080d2                mov     x5, #0
    c81980d2                mov     x8, #206
    010000d4                svc     #0
    1f0000f1                cmp     x0, #0
    2d010054                b.le    10f
    2100008b                add     x1, x1, x0
    420000eb                subs    x2, x2, x0
    c1feff54                b.ne    8b
    ecffff17                b       7b
    -- shutdown(SHUT_WR), and exit of the thread alone
    e00309aa             9: mov     x0, x9
    210080d2                mov     x1, #1
    481a80d2                mov     x8, #210
    010000d4                svc     #0
    000080d2            10: mov     x0, #0
    a80b80d2                mov     x8, #93
    010000d4                svc     #0
    -- exit_group(errno)
    e00300cb            12: neg     x0, x0
    c80b80d2            13: mov     x8, #94
    010000d4                svc     #0
`
