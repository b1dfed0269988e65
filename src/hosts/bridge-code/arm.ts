/** 32-bit ARM. */
export const arm = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    08409de5                ldr     r4, [sp, #8]
    02d84de2                sub     sp, sp, #0x20000
    20d04de2                sub     sp, sp, #32
    0d10a0e1                mov     r1, sp
    000054e3                cmp     r4, #0
    0500001a                bne     1f
    -- without it: read(0), exit_group(0)
    0000a0e3                mov     r0, #0
    0120a0e3                mov     r2, #1
    0370a0e3                mov     r7, #3
    000000ef                svc     #0
    0000a0e3                mov     r0, #0
    5f0000ea                b       13f
    -- 16 letters to the 8 bytes of the address
    0830a0e3             1: mov     r3, #8
    0150d4e4             2: ldrb    r5, [r4], #1
    0160d4e4                ldrb    r6, [r4], #1
    055286e0                add     r5, r6, r5, lsl #4
    515045e2                sub     r5, r5, #0x51
    0150c1e4                strb    r5, [r1], #1
    013053e2                subs    r3, r3, #1
    f8ffff1a                bne     2b
    -- 2^24 ns
    0154a0e3                mov     r5, #0x1000000
    10308de5                str     r3, [sp, #16]
    14508de5                str     r5, [sp, #20]
    -- socket(AF_INET, SOCK_STREAM, 0)
    0200a0e3                mov     r0, #2
    0110a0e3                mov     r1, #1
    0020a0e3                mov     r2, #0
    017ca0e3                mov     r7, #256
    197087e2                add     r7, r7, #25
    000000ef                svc     #0
    0080a0e1                mov     r8, r0
    -- connect, up to 32 times with a nanosleep after each
    2060a0e3                mov     r6, #32
    0800a0e1             3: mov     r0, r8
    0d10a0e1                mov     r1, sp
    1020a0e3                mov     r2, #16
    017ca0e3                mov     r7, #256
    1b7087e2                add     r7, r7, #27
    000000ef                svc     #0
    0050b0e1                movs    r5, r0
    0700000a                beq     4f
    10008de2                add     r0, sp, #16
    0010a0e3                mov     r1, #0
    a270a0e3                mov     r7, #162
    000000ef                svc     #0
    016056e2                subs    r6, r6, #1
    f1ffff1a                bne     3b
    0500a0e1                mov     r0, r5
    3b0000ea                b       12f
    -- clone a thread with everything shared
    0508a0e3             4: mov     r0, #0x50000
    0f0c80e2                add     r0, r0, #0xf00
    0010a0e3                mov     r1, #0
    7870a0e3                mov     r7, #120
    000000ef                svc     #0
    000050e3                cmp     r0, #0
    340000ba                blt     12f
    1500000a                beq     7f
    -- one byte to stdout: it is connected
    0100a0e3                mov     r0, #1
    0d10a0e1                mov     r1, sp
    0120a0e3                mov     r2, #1
    0470a0e3                mov     r7, #4
    000000ef                svc     #0
    -- from the socket to stdout
    0800a0e1             5: mov     r0, r8
    20108de2                add     r1, sp, #32
    0128a0e3                mov     r2, #0x10000
    0370a0e3                mov     r7, #3
    000000ef                svc     #0
    000050e3                cmp     r0, #0
    270000da                ble     12f
    0020a0e1                mov     r2, r0
    0100a0e3             6: mov     r0, #1
    0470a0e3                mov     r7, #4
    000000ef                svc     #0
    000050e3                cmp     r0, #0
    210000da                ble     12f
    001081e0                add     r1, r1, r0
    002052e0                subs    r2, r2, r0
    f7ffff1a                bne     6b
    eeffffea                b       5b
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    0000a0e3             7: mov     r0, #0
    01188de2                add     r1, sp, #0x10000
    201081e2                add     r1, r1, #32
    0128a0e3                mov     r2, #0x10000
    0370a0e3                mov     r7, #3
    000000ef                svc     #0
    000050e3                cmp     r0, #0
    0d0000da                ble     9f
    0020a0e1                mov     r2, r0
    0800a0e1             8: mov     r0, r8
    0139a0e3                mov     r3, #0x4000
    0040a0e3                mov     r4, #0
    0050a0e3                mov     r5, #0
    017ca0e3                mov     r7, #256
    227087e2                add     r7, r7, #34
    000000ef                svc     #0
    000050e3                cmp     r0, #0
    080000da                ble     10f
    001081e0                add     r1, r1, r0
    002052e0                subs    r2, r2, r0
    f3ffff1a                bne     8b
    e9ffffea                b       7b
    -- shutdown(SHUT_WR), and exit of the thread alone
    0800a0e1             9: mov     r0, r8
    0110a0e3                mov     r1, #1
    017ca0e3                mov     r7, #256
    257087e2                add     r7, r7, #37
    000000ef                svc     #0
    0000a0e3            10: mov     r0, #0
    0170a0e3                mov     r7, #1
    000000ef                svc     #0
    -- exit_group(errno)
    000060e2            12: rsb     r0, r0, #0
    f870a0e3            13: mov     r7, #248
    000000ef                svc     #0
`
