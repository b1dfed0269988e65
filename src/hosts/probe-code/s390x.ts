import type { TinyProgram } from '../tiny-program.js'

/** IBM Z. System calls: the number in the instruction, or in r1; then r2, r3, r4. */
export const s390x: TinyProgram = {
  machine: 22,
  bits: 64,
  endianness: 'big',
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    b904006f             lgr     %r6, %r15
    e3706fd8ff71         lay     %r7, -40(%r6)
    e36070000024         stg     %r6, 0(%r7)
    a7290002             lghi    %r2, 2
    41307008             la      %r3, 8(%r7)
    a7190104             lghi    %r1, 260
    0a00                 svc     0
    -- the loop
    a54e0400             llilh   %r4, 0x400
    a7470000          1: brctg   %r4, 1b
    -- the clock again
    a7290002             lghi    %r2, 2
    41307018             la      %r3, 24(%r7)
    a7190104             lghi    %r1, 260
    0a00                 svc     0
    -- pass argv and envp, each with the zero that ends it
    a7890002             lghi    %r8, 2
    e39060000002      2: ltg     %r9, 0(%r6)
    41606008             la      %r6, 8(%r6)
    a774fffb             jne     2b
    a787fff9             brctg   %r8, 2b
    -- pass the auxiliary vector
    e39060000002      3: ltg     %r9, 0(%r6)
    41606010             la      %r6, 16(%r6)
    a774fffb             jne     3b
    -- write(1) from the kept address to there, and 128 bytes more
    a7290001             lghi    %r2, 1
    b9040037             lgr     %r3, %r7
    b9040046             lgr     %r4, %r6
    b9090047             sgr     %r4, %r7
    a74b0080             aghi    %r4, 128
    0a04                 svc     4
    -- exit(42)
    a729002a             lghi    %r2, 42
    0a01                 svc     1
  `,
}
