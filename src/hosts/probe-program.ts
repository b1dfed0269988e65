import type { Buffer } from 'node:buffer'
import { amd64 } from './probe-code/amd64.js'
import { arm } from './probe-code/arm.js'
import { arm64 } from './probe-code/arm64.js'
import { i386 } from './probe-code/i386.js'
import { loong64 } from './probe-code/loong64.js'
import { mips64le } from './probe-code/mips64le.js'
import { ppc64le } from './probe-code/ppc64le.js'
import { riscv64 } from './probe-code/riscv64.js'
import { s390x } from './probe-code/s390x.js'
import { linkProgram, type TinyProgram } from './tiny-program.js'

/** What a probe program exits with: a number that no shell, loader or emulator uses for an error. */
export const PROBE_EXIT_CODE = 42

/** How many bytes a probe program writes beyond its auxiliary vector, where the kernel keeps the platform's name. */
export const PROBE_TAIL_BYTES = 128

/**
 * What whoever starts a probe program must give it: strings above the auxiliary vector, so that what it writes
 * never reaches past the top of its stack (write() then fails under QEMU, and is cut short by a kernel).
 */
export const PROBE_PADDING: readonly [name: string, value: string] = [
  'ARCHPARITY_PADDING',
  '.'.repeat(2 * PROBE_TAIL_BYTES),
]

/** Each is a listing of one program (docs/decisions/0011-tiny-probe-programs.md says what it does and why). */
const RECIPES: Readonly<Record<string, TinyProgram>> = {
  amd64,
  '386': i386,
  arm64,
  arm,
  ppc64le,
  s390x,
  riscv64,
  mips64le,
  loong64,
}

/** Architectures (OCI's words) that a probe program exists for. */
export const PROBE_ARCHITECTURES: readonly string[] = Object.keys(RECIPES)

/**
 * Makes a static ELF executable of that architecture, which times a fixed loop, writes the times and its initial
 * stack to stdout (readProbeReport reads that) and exits with PROBE_EXIT_CODE. It needs no file, no library and
 * nothing but PROBE_PADDING. Undefined for an architecture without a recipe.
 */
export function makeProbeProgram(architecture: string): Buffer | undefined {
  const recipe = findProbeRecipe(architecture)
  return recipe === undefined ? undefined : linkProgram(recipe)
}

/** The recipe of an architecture, if there is one. An image's own word: `constructor` is no architecture. */
export function findProbeRecipe(architecture: string): TinyProgram | undefined {
  return Object.hasOwn(RECIPES, architecture) ? RECIPES[architecture] : undefined
}
