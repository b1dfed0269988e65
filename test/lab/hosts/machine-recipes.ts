/** What an emulated machine of one architecture is made of. */
export interface MachineRecipe {
  /** Debian's word for the architecture. */
  readonly debian: string
  /** Debian's package of a kernel without drivers for real devices, where there is one. */
  readonly kernel: string
  readonly qemu: { readonly command: string; readonly package: string }
  /** Arguments that choose machine and CPU. The CPU is a fixed one, so that a snapshot fits every machine. */
  readonly board: readonly string[]
  /** Ending of the virtio devices' names. */
  readonly bus: 'pci' | 'ccw'
  readonly console: string
}

export type MachineName = 'arm64' | 's390x'

/** A new one is a line here, and one in the requirements. */
export const MACHINES: Readonly<Record<MachineName, MachineRecipe>> = {
  arm64: {
    debian: 'arm64',
    kernel: 'linux-image-cloud-arm64',
    qemu: { command: 'qemu-system-aarch64', package: 'qemu-system-arm' },
    board: ['-machine', 'virt', '-cpu', 'cortex-a72'],
    bus: 'pci',
    console: 'ttyAMA0',
  },
  s390x: {
    debian: 's390x',
    kernel: 'linux-image-s390x',
    qemu: { command: 'qemu-system-s390x', package: 'qemu-system-misc' },
    board: ['-machine', 's390-ccw-virtio', '-cpu', 'max'],
    bus: 'ccw',
    console: 'ttysclp0',
  },
}

/** Docker 20.10 with the classic image store, as Debian 12 has it. */
export const MACHINE_SUITE = 'bookworm'
export const MACHINE_PACKAGES: readonly string[] = ['busybox-static', 'kmod']
export const MACHINE_MEGABYTES = 1024
