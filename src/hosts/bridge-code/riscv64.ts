/** RISC-V. */
export const riscv64 = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    03340101                ld      s0, 16(sp)
    b7040100                lui     s1, 0x10
    33019140                sub     sp, sp, s1
    33019140                sub     sp, sp, s1
    130101fe                addi    sp, sp, -32
    93050100                mv      a1, sp
    631e0400                bnez    s0, 1f
    -- without it: read(0), exit_group(0)
    13050000                li      a0, 0
    13061000                li      a2, 1
    9308f003                li      a7, 63
    73000000                ecall
    13050000                li      a0, 0
    6f00c016                j       13f
    -- 16 letters to the 8 bytes of the address
    13098000             1: li      s2, 8
    83490400             2: lbu     s3, 0(s0)
    034a1400                lbu     s4, 1(s0)
    93994900                slli    s3, s3, 4
    b3894901                add     s3, s3, s4
    9389f9fa                addi    s3, s3, -0x51
    23803501                sb      s3, 0(a1)
    13042400                addi    s0, s0, 2
    93851500                addi    a1, a1, 1
    1309f9ff                addi    s2, s2, -1
    e31e09fc                bnez    s2, 2b
    -- 2^24 ns
    b7090001                lui     s3, 0x1000
    23380100                sd      zero, 16(sp)
    233c3101                sd      s3, 24(sp)
    -- socket(AF_INET, SOCK_STREAM, 0)
    13052000                li      a0, 2
    93051000                li      a1, 1
    13060000                li      a2, 0
    9308600c                li      a7, 198
    73000000                ecall
    13040500                mv      s0, a0
    -- connect, up to 32 times with a nanosleep after each
    13090002                li      s2, 32
    13050400             3: mv      a0, s0
    93050100                mv      a1, sp
    13060001                li      a2, 16
    9308b00c                li      a7, 203
    73000000                ecall
    63040502                beqz    a0, 4f
    93090500                mv      s3, a0
    13050101                addi    a0, sp, 16
    93050000                li      a1, 0
    93085006                li      a7, 101
    73000000                ecall
    1309f9ff                addi    s2, s2, -1
    e31809fc                bnez    s2, 3b
    13850900                mv      a0, s3
    6f00800d                j       12f
    -- clone a thread with everything shared
    37150500             4: lui     a0, 0x51
    130505f0                addi    a0, a0, -0x100
    93050000                li      a1, 0
    9308c00d                li      a7, 220
    73000000                ecall
    6340050c                bltz    a0, 12f
    630a0504                beqz    a0, 7f
    -- one byte to stdout: it is connected
    13051000                li      a0, 1
    93050100                mv      a1, sp
    13061000                li      a2, 1
    93080004                li      a7, 64
    73000000                ecall
    -- from the socket to stdout
    13050400             5: mv      a0, s0
    93050102                addi    a1, sp, 32
    13860400                mv      a2, s1
    9308f003                li      a7, 63
    73000000                ecall
    6358a008                blez    a0, 12f
    13060500                mv      a2, a0
    13051000             6: li      a0, 1
    93080004                li      a7, 64
    73000000                ecall
    635ea006                blez    a0, 12f
    b385a500                add     a1, a1, a0
    3306a640                sub     a2, a2, a0
    e31406fe                bnez    a2, 6b
    6ff09ffc                j       5b
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    13050000             7: li      a0, 0
    b3059100                add     a1, sp, s1
    93850502                addi    a1, a1, 32
    13860400                mv      a2, s1
    9308f003                li      a7, 63
    73000000                ecall
    635aa002                blez    a0, 9f
    13060500                mv      a2, a0
    13050400             8: mv      a0, s0
    b7460000                lui     a3, 0x4
    13070000                li      a4, 0
    93070000                li      a5, 0
    9308e00c                li      a7, 206
    73000000                ecall
    6352a002                blez    a0, 10f
    b385a500                add     a1, a1, a0
    3306a640                sub     a2, a2, a0
    e31e06fc                bnez    a2, 8b
    6ff09ffb                j       7b
    -- shutdown(SHUT_WR), and exit of the thread alone
    13050400             9: mv      a0, s0
    93051000                li      a1, 1
    9308200d                li      a7, 210
    73000000                ecall
    13050000            10: li      a0, 0
    9308d005                li      a7, 93
    73000000                ecall
    -- exit_group(errno)
    3305a040            12: neg     a0, a0
    9308e005            13: li      a7, 94
    73000000                ecall
`
