import type { Digest } from './digest.js'
import type { Platform } from './platform.js'

/** How a target's programs run on its host's CPU. */
export type Execution = 'native' | 'emulated'

/** The user-mode emulator that a host starts for a foreign platform's programs. */
export interface Emulator {
  /** Name of the handler, for example `qemu-aarch64`. */
  readonly name: string
  readonly version?: string
  /** Path of the interpreter on the host, as the binfmt_misc registration gives it. */
  readonly interpreter?: string
  /** Registration flags of binfmt_misc, for example `PF`. */
  readonly flags?: string
  /** CPU model that it was told to emulate (QEMU's name, by `QEMU_CPU`); absent where it chooses, mostly `max`. */
  readonly cpu?: string
}

/** One platform digest on one host in one execution. */
export interface Target {
  /** Unique in a run and stable between runs: `linux/arm64 emulated@local`. */
  readonly id: string
  /** What reports call it: the platform, with the rest only where that is ambiguous. */
  readonly label: string
  readonly platform: Platform
  /** Digest of the platform's own manifest, never of the index. */
  readonly digest: Digest
  readonly host: string
  readonly execution: Execution
  readonly emulator?: Emulator
  /** The target that the others are compared with. */
  readonly reference: boolean
  /** True where it only ran again what was wrong elsewhere, to find out why: what it did not run is no lost coverage. */
  readonly followUp?: boolean
  /** How many times slower its programs run than the reference's, as measured; absent where it was not. */
  readonly slowdown?: number
  /** Why it runs here and in this way, in one sentence. */
  readonly reason: string
}

/** A platform of the image that nothing here can run; reported, never dropped. */
export interface LostCoverage {
  readonly platform: string
  readonly digest?: Digest
  /** A code for machines (`no-handler`, `not-linux`, `excluded`, `pull-failed`, `host-lost`, ...). */
  readonly code: string
  readonly reason: string
  /** The command or change that would get the coverage back. */
  readonly fix?: string
  /** Id of the target that was planned for it, where there was one. */
  readonly target?: string
  /** Label of the target that runs its suites instead: then a host's trouble is told, and no coverage is lost. */
  readonly coveredBy?: string
  /** True where the user left it out on purpose: then it does not make the coverage incomplete. */
  readonly intended: boolean
}
