import { PF_X, PT_DYNAMIC, PT_GNU_STACK, PT_INTERP, PT_LOAD, type Segment } from './segments.js'

const EM_X86_64 = 62
/**
 * Machines on which a file without PT_GNU_STACK gets an executable stack: where glibc's DEFAULT_STACK_PERMS
 * (sysdeps/<machine>/stackinfo.h) has PF_X: SPARC, 386, 68k, MIPS, HPPA, PowerPC (32 bits), S/390, ARM, SuperH, x86-64.
 */
const EXECUTABLE_BY_DEFAULT = new Set([2, 3, 4, 8, 15, 20, 22, 40, 42, 43, EM_X86_64])

/** Whether the file asks for an executable stack, by PT_GNU_STACK or by having none. */
export function hasExecutableStack(segments: readonly Segment[], machine: number): boolean {
  const stack = segments.find(({ type }) => type === PT_GNU_STACK)
  if (stack !== undefined) return (stack.flags & PF_X) !== 0
  if (!segments.some(({ type }) => type === PT_LOAD)) return false
  // A static program's stack is the kernel's business, which on x86-64 has not made it executable since 5.8.
  const isStatic = !segments.some(({ type }) => type === PT_INTERP || type === PT_DYNAMIC)
  return EXECUTABLE_BY_DEFAULT.has(machine) && !(isStatic && machine === EM_X86_64)
}
