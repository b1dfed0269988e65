import type { NormalizeContext } from './context.js'

/** Architectures whose words have 32 bits; all others that images exist for have 64. */
const NARROW: ReadonlySet<string> = new Set(['386', 'arm', 'mips', 'mipsle'])

export const findWordSize = (architecture: string): 32 | 64 => (NARROW.has(architecture) ? 32 : 64)

/**
 * Java says `OpenJDK 64-Bit Server VM`, and `OpenJDK Server VM` where it has 32 bits. Only the platform's own size is
 * replaced: a virtual machine of the other size is a difference.
 */
export function hideJavaWordSize(line: string, { wordSize }: NormalizeContext): string {
  if (!line.includes(' VM')) return line
  return line.replace(
    /\b(OpenJDK|HotSpot\(TM\)|OpenJ9) (64-Bit )?(?=(?:Server|Client|Minimal|Zero)? ?VM\b)/g,
    (whole, maker: string, wide: string | undefined) =>
      (wide === undefined) === (wordSize === 32) ? `${maker} ‹word size› ` : whole,
  )
}
