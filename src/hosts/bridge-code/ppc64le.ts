/** 64-bit POWER. */
export const ppc64le = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    1000c1e9                ld      14, 16(1)
    feff213c                addis   1, 1, -2
    e0ff2138                addi    1, 1, -32
    780b2f7c                mr      15, 1
    00002e2c                cmpdi   14, 0
    20008240                bne     1f
    -- without it: read(0), exit_group(0)
    00006038                li      3, 0
    780b247c                mr      4, 1
    0100a038                li      5, 1
    03000038                li      0, 3
    02000044                sc
    00006038                li      3, 0
    90010048                b       13f
    -- 16 letters to the 8 bytes of the address
    0800003a             1: li      16, 8
    a603097e                mtctr   16
    00000e8a             2: lbz     16, 0(14)
    01002e8a                lbz     17, 1(14)
    36201056                slwi    16, 16, 4
    148a107e                add     16, 16, 17
    afff103a                addi    16, 16, -0x51
    00000f9a                stb     16, 0(15)
    0200ce39                addi    14, 14, 2
    0100ef39                addi    15, 15, 1
    e0ff0042                bdnz    2b
    -- 2^24 ns
    0000003a                li      16, 0
    0001203e                lis     17, 0x100
    100001fa                std     16, 16(1)
    180021fa                std     17, 24(1)
    -- socket(AF_INET, SOCK_STREAM, 0)
    02006038                li      3, 2
    01008038                li      4, 1
    0000a038                li      5, 0
    46010038                li      0, 326
    02000044                sc
    781b6e7c                mr      14, 3
    -- connect, up to 32 times with a nanosleep after each
    2000003a                li      16, 32
    7873c37d             3: mr      3, 14
    780b247c                mr      4, 1
    1000a038                li      5, 16
    48010038                li      0, 328
    02000044                sc
    28008340                bns     4f
    781b717c                mr      17, 3
    10006138                addi    3, 1, 16
    00008038                li      4, 0
    a2000038                li      0, 162
    02000044                sc
    ffff1036                addic.  16, 16, -1
    d0ff8240                bne     3b
    788b237e                mr      3, 17
    fc000048                b       13f
    -- clone a thread with everything shared
    0500603c             4: lis     3, 5
    000f6360                ori     3, 3, 0xf00
    00008038                li      4, 0
    78000038                li      0, 120
    02000044                sc
    e4008341                bso     13f
    0000232c                cmpdi   3, 0
    64008241                beq     7f
    -- one byte to stdout: it is connected
    01006038                li      3, 1
    780b247c                mr      4, 1
    0100a038                li      5, 1
    04000038                li      0, 4
    02000044                sc
    -- from the socket to stdout
    7873c37d             5: mr      3, 14
    20008138                addi    4, 1, 32
    0100a03c                lis     5, 1
    03000038                li      0, 3
    02000044                sc
    b0008341                bso     13f
    791b707c                mr.     16, 3
    a8008241                beq     13f
    2000e139                addi    15, 1, 32
    01006038             6: li      3, 1
    787be47d                mr      4, 15
    7883057e                mr      5, 16
    04000038                li      0, 4
    02000044                sc
    8c008341                bso     13f
    141aef7d                add     15, 15, 3
    5180037e                subf.   16, 3, 16
    e0ff8240                bne     6b
    b8ffff4b                b       5b
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    0100e13d             7: addis   15, 1, 1
    2000ef39                addi    15, 15, 32
    00006038                li      3, 0
    787be47d                mr      4, 15
    0100a03c                lis     5, 1
    03000038                li      0, 3
    02000044                sc
    40008341                bso     9f
    791b707c                mr.     16, 3
    38008241                beq     9f
    7873c37d             8: mr      3, 14
    787be47d                mr      4, 15
    7883057e                mr      5, 16
    0040c038                li      6, 0x4000
    0000e038                li      7, 0
    00000039                li      8, 0
    4f010038                li      0, 335
    02000044                sc
    24008341                bso     10f
    141aef7d                add     15, 15, 3
    5180037e                subf.   16, 3, 16
    d4ff8240                bne     8b
    a8ffff4b                b       7b
    -- shutdown(SHUT_WR), and exit of the thread alone
    7873c37d             9: mr      3, 14
    01008038                li      4, 1
    52010038                li      0, 338
    02000044                sc
    00006038            10: li      3, 0
    01000038                li      0, 1
    02000044                sc
    -- exit_group(errno)
    ea000038            13: li      0, 234
    02000044                sc
`
