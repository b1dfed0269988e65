import type { TinyProgram } from '../tiny-program.js'

/** x86-64. System calls: rax, then rdi, rsi, rdx. */
export const amd64: TinyProgram = {
  machine: 62,
  bits: 64,
  endianness: 'little',
  code: `
    -- keep the first address; clock_gettime(CLOCK_PROCESS_CPUTIME_ID) below it
    48896424d8           mov     [rsp-40], rsp
    bf02000000           mov     edi, 2
    488d7424e0           lea     rsi, [rsp-32]
    b8e4000000           mov     eax, 228
    0f05                 syscall
    -- the loop
    b900000004           mov     ecx, 0x4000000
    ffc9              1: dec     ecx
    75fc                 jnz     1b
    -- the clock again
    bf02000000           mov     edi, 2
    488d7424f0           lea     rsi, [rsp-16]
    b8e4000000           mov     eax, 228
    0f05                 syscall
    -- pass argv and envp, each with the zero that ends it
    4889e2               mov     rdx, rsp
    b902000000           mov     ecx, 2
    488b02            2: mov     rax, [rdx]
    4883c208             add     rdx, 8
    4885c0               test    rax, rax
    75f4                 jnz     2b
    ffc9                 dec     ecx
    75f0                 jnz     2b
    -- pass the auxiliary vector
    488b02            3: mov     rax, [rdx]
    4883c210             add     rdx, 16
    4885c0               test    rax, rax
    75f4                 jnz     3b
    -- write(1) from the kept address to there, and 128 bytes more
    488d7424d8           lea     rsi, [rsp-40]
    4829f2               sub     rdx, rsi
    4883ea80             sub     rdx, -128
    bf01000000           mov     edi, 1
    b801000000           mov     eax, 1
    0f05                 syscall
    -- exit(42)
    bf2a000000           mov     edi, 42
    b83c000000           mov     eax, 60
    0f05                 syscall
  `,
}
