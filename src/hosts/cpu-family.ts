/** Architectures whose programs one CPU can run, and one kernel with it. */
const CPU_FAMILIES: readonly (readonly string[])[] = [
  ['amd64', '386'],
  ['arm64', 'arm'],
  ['mips64le', 'mipsle'],
]

/**
 * Whether a machine of one architecture may run programs of the other itself: the same one, the 32-bit mode of a
 * 64-bit CPU, which some CPUs lack, or a 32-bit engine on a 64-bit kernel.
 */
export function sharesCpu(one: string, other: string): boolean {
  return one === other || CPU_FAMILIES.some(family => family.includes(one) && family.includes(other))
}
