import type { TinyProgram } from '../tiny-program.js'

/** 32-bit x86. System calls: eax, then ebx, ecx, edx. */
export const i386: TinyProgram = {
  machine: 3,
  bits: 32,
  endianness: 'little',
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    896424ec             mov     [esp-20], esp
    bb02000000           mov     ebx, 2
    8d4c24f0             lea     ecx, [esp-16]
    b809010000           mov     eax, 265
    cd80                 int     0x80
    -- the loop
    b900000004           mov     ecx, 0x4000000
    49                1: dec     ecx
    75fd                 jnz     1b
    -- the clock again
    bb02000000           mov     ebx, 2
    8d4c24f8             lea     ecx, [esp-8]
    b809010000           mov     eax, 265
    cd80                 int     0x80
    -- pass argv and envp, each with the zero that ends it
    89e2                 mov     edx, esp
    b902000000           mov     ecx, 2
    8b02              2: mov     eax, [edx]
    83c204               add     edx, 4
    85c0                 test    eax, eax
    75f7                 jnz     2b
    49                   dec     ecx
    75f4                 jnz     2b
    -- pass the auxiliary vector
    8b02              3: mov     eax, [edx]
    83c208               add     edx, 8
    85c0                 test    eax, eax
    75f7                 jnz     3b
    -- write(1) from the kept address to there, and 128 bytes more
    8d4c24ec             lea     ecx, [esp-20]
    29ca                 sub     edx, ecx
    83ea80               sub     edx, -128
    bb01000000           mov     ebx, 1
    b804000000           mov     eax, 4
    cd80                 int     0x80
    -- exit(42)
    bb2a000000           mov     ebx, 42
    b801000000           mov     eax, 1
    cd80                 int     0x80
  `,
}
