/** What an ELF file says of itself (System V gABI; psABI supplements where a field names one). */
export interface ElfFacts {
  /** `e_machine`. */
  readonly machine: number
  readonly bits: 32 | 64
  readonly endianness: 'little' | 'big'
  /** In OCI's words; absent for a machine that OCI has no word for. */
  readonly architecture?: string
  /** `EI_OSABI`: 0 System V, 3 GNU/Linux, 9 FreeBSD, ... */
  readonly osAbi: number
  /** `pie` is a shared object that is started as a program: it has DF_1_PIE, or an interpreter and no soname. */
  readonly type: 'executable' | 'pie' | 'shared' | 'relocatable' | 'core' | 'other'
  /** `e_flags`. */
  readonly flags: number
  /** ARM: from EF_ARM_ABI_FLOAT_* or, failing that, Tag_ABI_VFP_args. */
  readonly floatAbi?: 'hard' | 'soft'
  /** Path in PT_INTERP. */
  readonly interpreter?: string
  readonly soname?: string
  /** DT_NEEDED, in order. */
  readonly needed?: readonly string[]
  /** DT_RPATH and DT_RUNPATH, split at `:`, as written. */
  readonly rpath?: readonly string[]
  readonly runpath?: readonly string[]
  /** DF_1_NODEFLIB. */
  readonly noDefaultLib?: true
  /** Version needs by library: `{ 'libc.so.6': ['GLIBC_2.17', 'GLIBC_2.34'] }`; weak ones are left out. */
  readonly versionNeeds?: Readonly<Record<string, readonly string[]>>
  /** Versions that it defines itself, for example a libc's `GLIBC_2.36`; the base version is left out. */
  readonly versionDefinitions?: readonly string[]
  /** x86: the highest of GNU_PROPERTY_X86_ISA_1_NEEDED, 1 (baseline) to 4. */
  readonly x86IsaLevel?: 1 | 2 | 3 | 4
  /** ARM: `Tag_CPU_arch` as a number (6 = v6, 10 = v7, 14 = v8), and `Tag_CPU_name` where there is one. */
  readonly armArchitecture?: number
  readonly armCpuName?: string
  /** Smallest `p_align` of its PT_LOAD segments: glibc before 2.35 refuses a library where this is below the page size. */
  readonly loadAlign?: number
  /** The largest page size (4096, 16384, 65536) on which all PT_LOAD segments can be mapped; absent where none fits. */
  readonly maxPageSize?: 4096 | 16384 | 65536
  /** PT_GNU_STACK with PF_X, or none at all on a machine where that means executable. */
  readonly executableStack?: true
  /** Go's build info: toolchain version, and settings such as GOARCH, GOARM, GOAMD64. */
  readonly go?: { readonly version: string; readonly settings: Readonly<Record<string, string>> }
  /** GNU build id in hexadecimal; of a Go program without one, the bytes of Go's own. */
  readonly buildId?: string
  /** Says what of the file points beyond its end or makes no sense; other facts are those that could be read. */
  readonly damage?: string
}
