import type { TinyProgram } from '../tiny-program.js'

/** LoongArch, lp64d. System calls: a7, then a0, a1, a2. */
export const loong64: TinyProgram = {
  machine: 258,
  bits: 64,
  endianness: 'little',
  flags: 0x43,
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    77001500             move    $s0, $sp
    f862ff02             addi.d  $s1, $s0, -40
    1703c029             st.d    $s0, $s1, 0
    04088003             ori     $a0, $zero, 2
    0523c002             addi.d  $a1, $s1, 8
    0bc48103             ori     $a7, $zero, 113
    00002b00             syscall 0
    -- the loop
    06000814             lu12i.w $a2, 0x4000
    c6fcff02          1: addi.d  $a2, $a2, -1
    dffcff47             bnez    $a2, 1b
    -- the clock again
    04088003             ori     $a0, $zero, 2
    0563c002             addi.d  $a1, $s1, 24
    00002b00             syscall 0
    -- pass argv and envp, each with the zero that ends it
    19088003             ori     $s2, $zero, 2
    fa02c028          2: ld.d    $s3, $s0, 0
    f722c002             addi.d  $s0, $s0, 8
    5ffbff47             bnez    $s3, 2b
    39ffff02             addi.d  $s2, $s2, -1
    3ff3ff47             bnez    $s2, 2b
    -- pass the auxiliary vector
    fa02c028          3: ld.d    $s3, $s0, 0
    f742c002             addi.d  $s0, $s0, 16
    5ffbff47             bnez    $s3, 3b
    -- write(1) from the kept address to there, and 128 bytes more
    04048003             ori     $a0, $zero, 1
    05031500             move    $a1, $s1
    e6e21100             sub.d   $a2, $s0, $s1
    c600c202             addi.d  $a2, $a2, 128
    0b008103             ori     $a7, $zero, 64
    00002b00             syscall 0
    -- exit(42)
    04a88003             ori     $a0, $zero, 42
    0b748103             ori     $a7, $zero, 93
    00002b00             syscall 0
  `,
}
