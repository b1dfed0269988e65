import type { Emulator } from './target.js'

/** One binfmt_misc registration of a host's kernel (kernel documentation, admin-guide/binfmt-misc). */
export interface BinfmtHandler extends Emulator {
  readonly enabled: boolean
  readonly interpreter: string
  readonly flags: string
  /** Bytes that a file must have at `offset`, under `mask`; hex. Absent for registrations by extension. */
  readonly magic?: string
  readonly mask?: string
  readonly offset?: number
}

/** What was learned of a host by asking it; undefined means that it could not be known. */
export interface HostFacts {
  readonly name: string
  /** Where the engine answers, without credentials. */
  readonly endpoint: string
  readonly engine: {
    readonly name: string
    readonly version: string
    readonly apiVersion: string
    readonly storageDriver: string
    /** `classic` holds images by config digest, `containerd` by manifest digest. */
    readonly imageStore: 'classic' | 'containerd'
    readonly cgroupVersion?: string
    readonly rootless: boolean
    readonly securityOptions: readonly string[]
  }
  readonly os: string
  readonly operatingSystem: string
  readonly kernel: string
  /** The engine's own architecture in OCI's words, for example `amd64`. */
  readonly architecture: string
  readonly cpus: number
  /** Bytes. */
  readonly memory: number
  readonly cpuModel?: string
  /** The words of `flags` or `Features` in /proc/cpuinfo, where it could be read. */
  readonly cpuFeatures?: readonly string[]
  /** Bytes of a page of the kernel's, where it could be asked. */
  readonly pageSize?: number
  /** True where this process and the engine share a kernel, so that /proc tells of it. */
  readonly sameKernel: boolean
  readonly handlers: readonly BinfmtHandler[]
  /** Whether `handlers` could be read at all: an empty list proves nothing without it. */
  readonly handlersKnown: boolean
}
