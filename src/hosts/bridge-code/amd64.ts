/** x86-64. */
export const amd64 = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    488b5c2410              mov     rbx, [rsp+16]
    4881ec20000200          sub     rsp, 0x20020
    4889e6                  mov     rsi, rsp
    4885db                  test    rbx, rbx
    7512                    jnz     1f
    -- without it: read(0), exit_group(0)
    31ff                    xor     edi, edi
    ba01000000              mov     edx, 1
    31c0                    xor     eax, eax
    0f05                    syscall
    31ff                    xor     edi, edi
    e922010000              jmp     13f
    -- 16 letters to the 8 bytes of the address
    b908000000           1: mov     ecx, 8
    0fb603               2: movzx   eax, byte ptr [rbx]
    0fb65301                movzx   edx, byte ptr [rbx+1]
    c1e004                  shl     eax, 4
    8d4410af                lea     eax, [rax+rdx-0x51]
    8806                    mov     [rsi], al
    4883c302                add     rbx, 2
    48ffc6                  inc     rsi
    ffc9                    dec     ecx
    75e5                    jnz     2b
    -- 2^24 ns
    48894c2410              mov     [rsp+16], rcx
    48c744241800000001      mov     qword ptr [rsp+24], 0x1000000
    -- socket(AF_INET, SOCK_STREAM, 0)
    bf02000000              mov     edi, 2
    be01000000              mov     esi, 1
    31d2                    xor     edx, edx
    b829000000              mov     eax, 41
    0f05                    syscall
    89c5                    mov     ebp, eax
    -- connect, up to 32 times with a nanosleep after each
    bb20000000              mov     ebx, 32
    89ef                 3: mov     edi, ebp
    4889e6                  mov     rsi, rsp
    ba10000000              mov     edx, 16
    b82a000000              mov     eax, 42
    0f05                    syscall
    85c0                    test    eax, eax
    741d                    jz      4f
    4189c4                  mov     r12d, eax
    488d7c2410              lea     rdi, [rsp+16]
    31f6                    xor     esi, esi
    b823000000              mov     eax, 35
    0f05                    syscall
    ffcb                    dec     ebx
    75d6                    jnz     3b
    4489e0                  mov     eax, r12d
    e9a4000000              jmp     12f
    -- clone a thread with everything shared
    bf000f0500           4: mov     edi, 0x50f00
    31f6                    xor     esi, esi
    b838000000              mov     eax, 56
    0f05                    syscall
    85c0                    test    eax, eax
    0f888e000000            js      12f
    743a                    jz      7f
    -- one byte to stdout: it is connected
    bf01000000              mov     edi, 1
    4889e6                  mov     rsi, rsp
    89fa                    mov     edx, edi
    89f8                    mov     eax, edi
    0f05                    syscall
    -- from the socket to stdout
    89ef                 5: mov     edi, ebp
    488d742420              lea     rsi, [rsp+32]
    ba00000100              mov     edx, 0x10000
    31c0                    xor     eax, eax
    0f05                    syscall
    85c0                    test    eax, eax
    7e6a                    jle     12f
    89c2                    mov     edx, eax
    bf01000000           6: mov     edi, 1
    89f8                    mov     eax, edi
    0f05                    syscall
    85c0                    test    eax, eax
    7e5b                    jle     12f
    4801c6                  add     rsi, rax
    29c2                    sub     edx, eax
    75ec                    jnz     6b
    ebd4                    jmp     5b
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    31ff                 7: xor     edi, edi
    488db42420000100        lea     rsi, [rsp+0x10020]
    ba00000100              mov     edx, 0x10000
    31c0                    xor     eax, eax
    0f05                    syscall
    85c0                    test    eax, eax
    7e24                    jle     9f
    89c2                    mov     edx, eax
    89ef                 8: mov     edi, ebp
    41ba00400000            mov     r10d, 0x4000
    4531c0                  xor     r8d, r8d
    4531c9                  xor     r9d, r9d
    b82c000000              mov     eax, 44
    0f05                    syscall
    85c0                    test    eax, eax
    7e17                    jle     10f
    4801c6                  add     rsi, rax
    29c2                    sub     edx, eax
    75e0                    jnz     8b
    ebc5                    jmp     7b
    -- shutdown(SHUT_WR), and exit of the thread alone
    89ef                 9: mov     edi, ebp
    be01000000              mov     esi, 1
    b830000000              mov     eax, 48
    0f05                    syscall
    31ff                10: xor     edi, edi
    b83c000000              mov     eax, 60
    0f05                    syscall
    -- exit_group(errno)
    f7d8                12: neg     eax
    89c7                    mov     edi, eax
    b8e7000000          13: mov     eax, 231
    0f05                    syscall
`
