/**
 * Whether an architecture is the 32-bit mode of a machine's own CPU family, which its kernel may run itself: it does
 * on amd64, and on those arm64 and mips64le machines whose CPU still has the mode.
 */
export function isSecondMode(machine: string, architecture: string): boolean {
  const pair = `${machine}/${architecture}`
  return pair === 'amd64/386' || pair === 'arm64/arm' || pair === 'mips64le/mipsle'
}
