/** 32-bit x86. */
export const i386 = `
    -- argv[1]; below the stack an address, a time and two buffers of 64 KiB
    8b7c2408                mov     edi, [esp+8]
    81ec20000200            sub     esp, 0x20020
    89e1                    mov     ecx, esp
    85ff                    test    edi, edi
    7515                    jnz     1f
    -- without it: read(0), exit_group(0)
    31db                    xor     ebx, ebx
    ba01000000              mov     edx, 1
    b803000000              mov     eax, 3
    cd80                    int     0x80
    31db                    xor     ebx, ebx
    e919010000              jmp     13f
    -- 16 letters to the 8 bytes of the address
    bb08000000           1: mov     ebx, 8
    0fb607               2: movzx   eax, byte ptr [edi]
    0fb65701                movzx   edx, byte ptr [edi+1]
    c1e004                  shl     eax, 4
    8d4410af                lea     eax, [eax+edx-0x51]
    8801                    mov     [ecx], al
    83c702                  add     edi, 2
    41                      inc     ecx
    4b                      dec     ebx
    75e9                    jnz     2b
    -- 2^24 ns
    895c2410                mov     [esp+16], ebx
    c744241400000001        mov     dword ptr [esp+20], 0x1000000
    -- socket(AF_INET, SOCK_STREAM, 0)
    bb02000000              mov     ebx, 2
    b901000000              mov     ecx, 1
    31d2                    xor     edx, edx
    b867010000              mov     eax, 359
    cd80                    int     0x80
    89c5                    mov     ebp, eax
    -- connect, up to 32 times with a nanosleep after each
    bf20000000              mov     edi, 32
    89eb                 3: mov     ebx, ebp
    89e1                    mov     ecx, esp
    ba10000000              mov     edx, 16
    b86a010000              mov     eax, 362
    cd80                    int     0x80
    85c0                    test    eax, eax
    7419                    jz      4f
    89c6                    mov     esi, eax
    8d5c2410                lea     ebx, [esp+16]
    31c9                    xor     ecx, ecx
    b8a2000000              mov     eax, 162
    cd80                    int     0x80
    4f                      dec     edi
    75da                    jnz     3b
    89f0                    mov     eax, esi
    e9a6000000              jmp     12f
    -- clone a thread with everything shared
    bb000f0500           4: mov     ebx, 0x50f00
    31c9                    xor     ecx, ecx
    b878000000              mov     eax, 120
    cd80                    int     0x80
    85c0                    test    eax, eax
    0f8890000000            js      12f
    7440                    jz      7f
    -- one byte to stdout: it is connected
    bb01000000              mov     ebx, 1
    89e1                    mov     ecx, esp
    89da                    mov     edx, ebx
    b804000000              mov     eax, 4
    cd80                    int     0x80
    -- from the socket to stdout
    89eb                 5: mov     ebx, ebp
    8d4c2420                lea     ecx, [esp+32]
    ba00000100              mov     edx, 0x10000
    b803000000              mov     eax, 3
    cd80                    int     0x80
    85c0                    test    eax, eax
    7e68                    jle     12f
    89c2                    mov     edx, eax
    bb01000000           6: mov     ebx, 1
    b804000000              mov     eax, 4
    cd80                    int     0x80
    85c0                    test    eax, eax
    7e56                    jle     12f
    01c1                    add     ecx, eax
    29c2                    sub     edx, eax
    75ea                    jnz     6b
    ebd0                    jmp     5b
    -- the thread: from stdin to the socket, sendto(MSG_NOSIGNAL)
    31db                 7: xor     ebx, ebx
    8d8c2420000100          lea     ecx, [esp+0x10020]
    ba00000100              mov     edx, 0x10000
    b803000000              mov     eax, 3
    cd80                    int     0x80
    85c0                    test    eax, eax
    7e1e                    jle     9f
    89c2                    mov     edx, eax
    89eb                 8: mov     ebx, ebp
    be00400000              mov     esi, 0x4000
    31ff                    xor     edi, edi
    b871010000              mov     eax, 369
    cd80                    int     0x80
    85c0                    test    eax, eax
    7e16                    jle     10f
    01c1                    add     ecx, eax
    29c2                    sub     edx, eax
    75e6                    jnz     8b
    ebc9                    jmp     7b
    -- shutdown(SHUT_WR), and exit of the thread alone
    89eb                 9: mov     ebx, ebp
    b901000000              mov     ecx, 1
    b875010000              mov     eax, 373
    cd80                    int     0x80
    31db                10: xor     ebx, ebx
    b801000000              mov     eax, 1
    cd80                    int     0x80
    -- exit_group(errno)
    f7d8                12: neg     eax
    89c3                    mov     ebx, eax
    b8fc000000          13: mov     eax, 252
    cd80                    int     0x80
`
