/** IBM Z; clone takes the stack first. */
export const s390x = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    e390f0100004            lg      %r9, 16(%r15)
    a50e0001                llilh   %r0, 1
    b90900f0                sgr     %r15, %r0
    b90900f0                sgr     %r15, %r0
    a7fbffe0                aghi    %r15, -32
    b904003f                lgr     %r3, %r15
    b9020099                ltgr    %r9, %r9
    a774000b                jne     1f
    -- without it: read(0), exit_group(0)
    a7290000                lghi    %r2, 0
    a7490001                lghi    %r4, 1
    0a03                    svc     3
    a7290000                lghi    %r2, 0
    a7f400a2                j       13f
    -- 16 letters to the 8 bytes of the address
    a7890008             1: lghi    %r8, 8
    e3a090000090         2: llgc    %r10, 0(%r9)
    e3b090010090            llgc    %r11, 1(%r9)
    ebaa0004000d            sllg    %r10, %r10, 4
    b90800ab                agr     %r10, %r11
    a7abffaf                aghi    %r10, -0x51
    42a03000                stc     %r10, 0(%r3)
    41909002                la      %r9, 2(%r9)
    41303001                la      %r3, 1(%r3)
    a787ffed                brctg   %r8, 2b
    -- 2^24 ns
    a5ae0100                llilh   %r10, 0x100
    e380f0100024            stg     %r8, 16(%r15)
    e3a0f0180024            stg     %r10, 24(%r15)
    -- socket(AF_INET, SOCK_STREAM, 0)
    a7290002                lghi    %r2, 2
    a7390001                lghi    %r3, 1
    a7490000                lghi    %r4, 0
    a7190167                lghi    %r1, 359
    0a00                    svc     0
    b9040082                lgr     %r8, %r2
    -- connect, up to 32 times with a nanosleep after each
    a7990020                lghi    %r9, 32
    b9040028             3: lgr     %r2, %r8
    b904003f                lgr     %r3, %r15
    a7490010                lghi    %r4, 16
    a719016a                lghi    %r1, 362
    0a00                    svc     0
    b90200a2                ltgr    %r10, %r2
    a784000d                je      4f
    4120f010                la      %r2, 16(%r15)
    a7390000                lghi    %r3, 0
    0aa2                    svc     162
    a797ffee                brctg   %r9, 3b
    b904002a                lgr     %r2, %r10
    a7f4005c                j       12f
    -- clone a thread with everything shared
    a7290000             4: lghi    %r2, 0
    a53e0005                llilh   %r3, 5
    a53b0f00                oill    %r3, 0xf00
    0a78                    svc     120
    b9020022                ltgr    %r2, %r2
    a7440051                jl      12f
    a7840023                je      7f
    -- one byte to stdout: it is connected
    a7290001                lghi    %r2, 1
    b904003f                lgr     %r3, %r15
    a7490001                lghi    %r4, 1
    0a04                    svc     4
    -- from the socket to stdout
    b9040028             5: lgr     %r2, %r8
    4130f020                la      %r3, 32(%r15)
    a54e0001                llilh   %r4, 1
    0a03                    svc     3
    b9020042                ltgr    %r4, %r2
    a7d4003d                jnh     12f
    a7290001             6: lghi    %r2, 1
    0a04                    svc     4
    b9020022                ltgr    %r2, %r2
    a7d40036                jnh     12f
    b9080032                agr     %r3, %r2
    b9090042                sgr     %r4, %r2
    a774fff5                jne     6b
    a7f4ffe8                j       5b
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    a7290000             7: lghi    %r2, 0
    a54e0001                llilh   %r4, 1
    4134f020                la      %r3, 32(%r4,%r15)
    0a03                    svc     3
    b9020042                ltgr    %r4, %r2
    a7d40019                jnh     9f
    b9040028             8: lgr     %r2, %r8
    a7594000                lghi    %r5, 0x4000
    a7690000                lghi    %r6, 0
    a7790000                lghi    %r7, 0
    a7190171                lghi    %r1, 369
    0a00                    svc     0
    b9020022                ltgr    %r2, %r2
    a7d40011                jnh     10f
    b9080032                agr     %r3, %r2
    b9090042                sgr     %r4, %r2
    a774ffed                jne     8b
    a7f4ffe0                j       7b
    -- shutdown(SHUT_WR), and exit of the thread alone
    b9040028             9: lgr     %r2, %r8
    a7390001                lghi    %r3, 1
    a7190175                lghi    %r1, 373
    0a00                    svc     0
    a7290000            10: lghi    %r2, 0
    0a01                    svc     1
    -- exit_group(errno)
    b9030022            12: lcgr    %r2, %r2
    0af8                13: svc     248
`
