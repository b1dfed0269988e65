/** 64-bit MIPS, n64; its error numbers are its own (146 is ECONNREFUSED). */
export const mips64le = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    1000b0df                ld      $s0, 16($sp)
    0100113c                lui     $s1, 1
    2fe8b103                dsubu   $sp, $sp, $s1
    2fe8b103                dsubu   $sp, $sp, $s1
    e0ffbd67                daddiu  $sp, $sp, -32
    2590a003                move    $s2, $sp
    08000016                bnez    $s0, 1f
    08001324                li      $s3, 8
    -- without it: read(0), exit_group(0)
    00000424                li      $a0, 0
    2528a003                move    $a1, $sp
    01000624                li      $a2, 1
    88130224                li      $v0, 5000
    0c000000                syscall
    6a000010                b       13f
    00000224                li      $v0, 0
    -- 16 letters to the 8 bytes of the address
    00001492             1: lbu     $s4, 0($s0)
    01001592                lbu     $s5, 1($s0)
    00a11400                sll     $s4, $s4, 4
    21a09502                addu    $s4, $s4, $s5
    afff9426                addiu   $s4, $s4, -0x51
    000054a2                sb      $s4, 0($s2)
    02001066                daddiu  $s0, $s0, 2
    ffff7326                addiu   $s3, $s3, -1
    f7ff6016                bnez    $s3, 1b
    01005266                daddiu  $s2, $s2, 1
    -- 2^24 ns
    0001143c                lui     $s4, 0x100
    1000a0ff                sd      $zero, 16($sp)
    1800b4ff                sd      $s4, 24($sp)
    -- socket(AF_INET, SOCK_STREAM, 0); SOCK_STREAM is 2 here
    02000424                li      $a0, 2
    02000524                li      $a1, 2
    00000624                li      $a2, 0
    b0130224                li      $v0, 5040
    0c000000                syscall
    25804000                move    $s0, $v0
    -- connect, up to 32 times with a nanosleep after each
    20001324                li      $s3, 32
    25200002             3: move    $a0, $s0
    2528a003                move    $a1, $sp
    10000624                li      $a2, 16
    b1130224                li      $v0, 5041
    0c000000                syscall
    0a00e010                beqz    $a3, 4f
    25a04000                move    $s4, $v0
    1000a467                daddiu  $a0, $sp, 16
    00000524                li      $a1, 0
    aa130224                li      $v0, 5034
    0c000000                syscall
    ffff7326                addiu   $s3, $s3, -1
    f3ff6016                bnez    $s3, 3b
    00000000                nop
    46000010                b       13f
    25108002                move    $v0, $s4
    -- clone a thread with everything shared
    0500043c             4: lui     $a0, 5
    000f8434                ori     $a0, $a0, 0xf00
    00000524                li      $a1, 0
    bf130224                li      $v0, 5055
    0c000000                syscall
    3f00e014                bnez    $a3, 13f
    00000000                nop
    1c004010                beqz    $v0, 7f
    00000000                nop
    -- one byte to stdout: it is connected
    01000424                li      $a0, 1
    2528a003                move    $a1, $sp
    01000624                li      $a2, 1
    89130224                li      $v0, 5001
    0c000000                syscall
    -- from the socket to stdout
    2000b267             5: daddiu  $s2, $sp, 32
    25200002                move    $a0, $s0
    25284002                move    $a1, $s2
    25302002                move    $a2, $s1
    88130224                li      $v0, 5000
    0c000000                syscall
    3000e014                bnez    $a3, 13f
    25984000                move    $s3, $v0
    2e006012                beqz    $s3, 13f
    00000000                nop
    01000424             6: li      $a0, 1
    25284002                move    $a1, $s2
    25306002                move    $a2, $s3
    89130224                li      $v0, 5001
    0c000000                syscall
    2700e014                bnez    $a3, 13f
    2d904202                daddu   $s2, $s2, $v0
    2f986202                dsubu   $s3, $s3, $v0
    f7ff6016                bnez    $s3, 6b
    00000000                nop
    ebff0010                b       5b
    00000000                nop
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    2d90b103             7: daddu   $s2, $sp, $s1
    20005266                daddiu  $s2, $s2, 32
    00000424                li      $a0, 0
    25284002                move    $a1, $s2
    25302002                move    $a2, $s1
    88130224                li      $v0, 5000
    0c000000                syscall
    1200e014                bnez    $a3, 9f
    25984000                move    $s3, $v0
    10006012                beqz    $s3, 9f
    00000000                nop
    25200002             8: move    $a0, $s0
    25284002                move    $a1, $s2
    25306002                move    $a2, $s3
    00400724                li      $a3, 0x4000
    00000824                li      $a4, 0
    00000924                li      $a5, 0
    b3130224                li      $v0, 5043
    0c000000                syscall
    0a00e014                bnez    $a3, 10f
    2d904202                daddu   $s2, $s2, $v0
    2f986202                dsubu   $s3, $s3, $v0
    f4ff6016                bnez    $s3, 8b
    00000000                nop
    e7ff0010                b       7b
    00000000                nop
    -- shutdown(SHUT_WR), and exit of the thread alone
    25200002             9: move    $a0, $s0
    01000524                li      $a1, 1
    b7130224                li      $v0, 5047
    0c000000                syscall
    00000424            10: li      $a0, 0
    c2130224                li      $v0, 5058
    0c000000                syscall
    -- exit_group(errno)
    25204000            13: move    $a0, $v0
    55140224                li      $v0, 5205
    0c000000                syscall
`
