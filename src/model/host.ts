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

/** Ways to reach a host's engine. */
export const HOST_KINDS = ['local', 'socket', 'ssh', 'tcp'] as const
export type HostKindName = (typeof HOST_KINDS)[number]

/** What was learned of a host by asking it; undefined means that it could not be known. */
export interface HostFacts {
  readonly name: string
  /** How it is reached. */
  readonly kind: HostKindName
  /** Where the engine answers, without credentials. */
  readonly endpoint: string
  /** What the engine calls itself for good; machines that were cloned share it. */
  readonly id?: string
  readonly engine: {
    readonly name: string
    readonly version: string
    readonly apiVersion: string
    readonly storageDriver: string
    /** `classic` holds images by config digest, `containerd` by manifest digest. */
    readonly imageStore: 'classic' | 'containerd'
    readonly cgroupVersion?: string
    /** Whether it can limit a container's memory, as it says itself. */
    readonly memoryLimits?: boolean
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
  /** Words of the CPU's feature list, as its kernel spells them. */
  readonly cpuFeatures?: readonly string[]
  /** Bytes of a page of memory. */
  readonly pageSize?: number
  /** Bytes free where the engine keeps its data. */
  readonly freeDisk?: number
  /** How far the host's clock is ahead of this machine's, in milliseconds; negative where it is behind. */
  readonly clockSkewMs?: number
  /** True where this process and the engine share a kernel, so that /proc tells of it. */
  readonly sameKernel: boolean
  readonly handlers: readonly BinfmtHandler[]
  /** Whether `handlers` could be read at all: an empty list proves nothing without it. */
  readonly handlersKnown: boolean
}
