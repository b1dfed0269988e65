import type { Platform } from '../../src/model/platform.js'

/** One of the lab's platforms, with the words that others have for it. */
export interface LabPlatform {
  readonly platform: Platform
  /** Debian's name of the architecture. */
  readonly debian: string
  /** Ending of QEMU's program: `qemu-<name>-static`. */
  readonly qemu: string
}

const linux = (architecture: string, variant?: string): Platform => ({
  os: 'linux',
  architecture,
  ...(variant ? { variant } : {}),
})

export const AMD64: LabPlatform = { platform: linux('amd64'), debian: 'amd64', qemu: 'x86_64' }
export const ARM64: LabPlatform = { platform: linux('arm64'), debian: 'arm64', qemu: 'aarch64' }
export const ARM_V7: LabPlatform = { platform: linux('arm', 'v7'), debian: 'armhf', qemu: 'arm' }
/** Debian's armel is ARMv5 code, which every ARMv6 runs. */
export const ARM_V6: LabPlatform = { platform: linux('arm', 'v6'), debian: 'armel', qemu: 'arm' }
export const I386: LabPlatform = { platform: linux('386'), debian: 'i386', qemu: 'i386' }
export const PPC64LE: LabPlatform = { platform: linux('ppc64le'), debian: 'ppc64el', qemu: 'ppc64le' }
export const S390X: LabPlatform = { platform: linux('s390x'), debian: 's390x', qemu: 's390x' }
export const MIPS64LE: LabPlatform = { platform: linux('mips64le'), debian: 'mips64el', qemu: 'mips64el' }

/** The platforms of the lab's full images, in the order of their indexes. */
export const LAB_PLATFORMS: readonly LabPlatform[] = [AMD64, ARM64, ARM_V7, I386, PPC64LE, S390X]

/** Six platforms of which an amd64 machine runs one itself and emulates five. */
export const FOREIGN_PLATFORMS: readonly LabPlatform[] = [AMD64, ARM64, ARM_V7, PPC64LE, S390X, MIPS64LE]
