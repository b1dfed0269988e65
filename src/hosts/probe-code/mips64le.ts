import type { TinyProgram } from '../tiny-program.js'

/** 64-bit MIPS release 2, n64. System calls: v0, then a0, a1, a2. */
export const mips64le: TinyProgram = {
  machine: 8,
  bits: 64,
  endianness: 'little',
  flags: 0x80000000,
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    2580a003             move    $s0, $sp
    d8ff1166             daddiu  $s1, $s0, -40
    000030fe             sd      $s0, 0($s1)
    02000424             li      $a0, 2
    08002566             daddiu  $a1, $s1, 8
    66140224             li      $v0, 5222
    0c000000             syscall
    -- the loop
    0004063c             lui     $a2, 0x400
    ffffc664          1: daddiu  $a2, $a2, -1
    feffc014             bnez    $a2, 1b
    00000000             nop
    -- the clock again
    02000424             li      $a0, 2
    18002566             daddiu  $a1, $s1, 24
    66140224             li      $v0, 5222
    0c000000             syscall
    -- pass argv and envp, each with the zero that ends it
    02001224             li      $s2, 2
    000013de          2: ld      $s3, 0($s0)
    feff6016             bnez    $s3, 2b
    08001066             daddiu  $s0, $s0, 8
    ffff5266             daddiu  $s2, $s2, -1
    fbff4016             bnez    $s2, 2b
    00000000             nop
    -- pass the auxiliary vector
    000013de          3: ld      $s3, 0($s0)
    feff6016             bnez    $s3, 3b
    10001066             daddiu  $s0, $s0, 16
    -- write(1) from the kept address to there, and 128 bytes more
    01000424             li      $a0, 1
    25282002             move    $a1, $s1
    2f301102             dsubu   $a2, $s0, $s1
    8000c664             daddiu  $a2, $a2, 128
    89130224             li      $v0, 5001
    0c000000             syscall
    -- exit(42)
    2a000424             li      $a0, 42
    c2130224             li      $v0, 5058
    0c000000             syscall
  `,
}
