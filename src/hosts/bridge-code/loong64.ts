/** LoongArch. */
export const loong64 = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    7740c028                ld.d    $s0, $sp, 16
    18020014                lu12i.w $s1, 0x10
    63e01100                sub.d   $sp, $sp, $s1
    63e01100                sub.d   $sp, $sp, $s1
    6380ff02                addi.d  $sp, $sp, -32
    65001500                move    $a1, $sp
    e01e0044                bnez    $s0, 1f
    -- without it: read(0), exit_group(0)
    04008003                ori     $a0, $zero, 0
    06048003                ori     $a2, $zero, 1
    0bfc8003                ori     $a7, $zero, 63
    00002b00                syscall 0
    04008003                ori     $a0, $zero, 0
    006c0150                b       13f
    -- 16 letters to the 8 bytes of the address
    19208003             1: ori     $s2, $zero, 8
    fa02002a             2: ld.bu   $s3, $s0, 0
    fb06002a                ld.bu   $s4, $s0, 1
    5a134100                slli.d  $s3, $s3, 4
    5aef1000                add.d   $s3, $s3, $s4
    5abffe02                addi.d  $s3, $s3, -0x51
    ba000029                st.b    $s3, $a1, 0
    f70ac002                addi.d  $s0, $s0, 2
    a504c002                addi.d  $a1, $a1, 1
    39ffff02                addi.d  $s2, $s2, -1
    3fdfff47                bnez    $s2, 2b
    -- 2^24 ns
    1a000214                lu12i.w $s3, 0x1000
    6040c029                st.d    $zero, $sp, 16
    7a60c029                st.d    $s3, $sp, 24
    -- socket(AF_INET, SOCK_STREAM, 0)
    04088003                ori     $a0, $zero, 2
    05048003                ori     $a1, $zero, 1
    06008003                ori     $a2, $zero, 0
    0b188303                ori     $a7, $zero, 198
    00002b00                syscall 0
    97001500                move    $s0, $a0
    -- connect, up to 32 times with a nanosleep after each
    19808003                ori     $s2, $zero, 32
    e4021500             3: move    $a0, $s0
    65001500                move    $a1, $sp
    06408003                ori     $a2, $zero, 16
    0b2c8303                ori     $a7, $zero, 203
    00002b00                syscall 0
    80280040                beqz    $a0, 4f
    9a001500                move    $s3, $a0
    6440c002                addi.d  $a0, $sp, 16
    05008003                ori     $a1, $zero, 0
    0b948103                ori     $a7, $zero, 101
    00002b00                syscall 0
    39ffff02                addi.d  $s2, $s2, -1
    3fd3ff47                bnez    $s2, 3b
    44031500                move    $a0, $s3
    00d80050                b       12f
    -- clone a thread with everything shared
    040a0014             4: lu12i.w $a0, 0x50
    8400bc03                ori     $a0, $a0, 0xf00
    05008003                ori     $a1, $zero, 0
    0b708303                ori     $a7, $zero, 220
    00002b00                syscall 0
    80c00060                blt     $a0, $zero, 12f
    80540040                beqz    $a0, 7f
    -- one byte to stdout: it is connected
    04048003                ori     $a0, $zero, 1
    65001500                move    $a1, $sp
    06048003                ori     $a2, $zero, 1
    0b008103                ori     $a7, $zero, 64
    00002b00                syscall 0
    -- from the socket to stdout
    e4021500             5: move    $a0, $s0
    6580c002                addi.d  $a1, $sp, 32
    06031500                move    $a2, $s1
    0bfc8003                ori     $a7, $zero, 63
    00002b00                syscall 0
    04900064                bge     $zero, $a0, 12f
    86001500                move    $a2, $a0
    04048003             6: ori     $a0, $zero, 1
    0b008103                ori     $a7, $zero, 64
    00002b00                syscall 0
    047c0064                bge     $zero, $a0, 12f
    a5901000                add.d   $a1, $a1, $a0
    c6901100                sub.d   $a2, $a2, $a0
    dfe8ff47                bnez    $a2, 6b
    ffcbff53                b       5b
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    04008003             7: ori     $a0, $zero, 0
    65e01000                add.d   $a1, $sp, $s1
    a580c002                addi.d  $a1, $a1, 32
    06031500                move    $a2, $s1
    0bfc8003                ori     $a7, $zero, 63
    00002b00                syscall 0
    04340064                bge     $zero, $a0, 9f
    86001500                move    $a2, $a0
    e4021500             8: move    $a0, $s0
    87000014                lu12i.w $a3, 0x4
    08008003                ori     $a4, $zero, 0
    09008003                ori     $a5, $zero, 0
    0b388303                ori     $a7, $zero, 206
    00002b00                syscall 0
    04240064                bge     $zero, $a0, 10f
    a5901000                add.d   $a1, $a1, $a0
    c6901100                sub.d   $a2, $a2, $a0
    dfdcff47                bnez    $a2, 8b
    ffbbff53                b       7b
    -- shutdown(SHUT_WR), and exit of the thread alone
    e4021500             9: move    $a0, $s0
    05048003                ori     $a1, $zero, 1
    0b488303                ori     $a7, $zero, 210
    00002b00                syscall 0
    04008003            10: ori     $a0, $zero, 0
    0b748103                ori     $a7, $zero, 93
    00002b00                syscall 0
    -- exit_group(errno)
    04901100            12: sub.d   $a0, $zero, $a0
    0b788103            13: ori     $a7, $zero, 94
    00002b00                syscall 0
`
