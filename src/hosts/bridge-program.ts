import type { Buffer } from 'node:buffer'
import { amd64 } from './bridge-code/amd64.js'
import { arm } from './bridge-code/arm.js'
import { arm64 } from './bridge-code/arm64.js'
import { i386 } from './bridge-code/i386.js'
import { loong64 } from './bridge-code/loong64.js'
import { mips64le } from './bridge-code/mips64le.js'
import { ppc64le } from './bridge-code/ppc64le.js'
import { riscv64 } from './bridge-code/riscv64.js'
import { s390x } from './bridge-code/s390x.js'
import { findProbeRecipe } from './probe-program.js'
import { linkProgram } from './tiny-program.js'

/** Each is a listing of one program (docs/decisions/0017-ports-through-the-engine.md says what it does and why). */
const LISTINGS: Readonly<Record<string, string>> = {
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

/** Architectures (OCI's words) that a bridge program exists for. */
export const BRIDGE_ARCHITECTURES: readonly string[] = Object.keys(LISTINGS)

/**
 * Makes a static ELF executable that joins its standard input and output to a TCP connection. Its argument is the
 * address (`formatBridgeAddress`). Once connected it writes one byte that belongs to nobody; when the other side has
 * ended the connection it exits with 0, otherwise with the number of the error. Without an argument it waits until
 * its standard input ends. Undefined for an architecture that there is none for.
 */
export function makeBridgeProgram(architecture: string): Buffer | undefined {
  const machine = findProbeRecipe(architecture)
  if (machine === undefined || !Object.hasOwn(LISTINGS, architecture)) return undefined
  return linkProgram({ ...machine, code: LISTINGS[architecture] as string })
}

/** A dotted IPv4 address and a port as the program takes them: the bytes of its `sockaddr_in`, a letter for each half. */
export function formatBridgeAddress(architecture: string, address: string, port: number): string {
  const family = findProbeRecipe(architecture)?.endianness === 'big' ? [0, 2] : [2, 0]
  const bytes = [...family, port >> 8, port & 255, ...address.split('.').map(Number)]
  return bytes.map(byte => String.fromCharCode(65 + (byte >> 4), 65 + (byte & 15))).join('')
}

/** What a bridge's exit code says in Node's words, for errors that a client tells apart. */
export function nameBridgeError(architecture: string, exitCode: number): string | undefined {
  return (architecture === 'mips64le' ? MIPS_ERRORS : ERRORS)[exitCode]
}

/** Linux's errno.h. */
const ERRORS: Readonly<Record<number, string>> = {
  104: 'ECONNRESET',
  110: 'ETIMEDOUT',
  111: 'ECONNREFUSED',
  113: 'EHOSTUNREACH',
}
const MIPS_ERRORS: Readonly<Record<number, string>> = {
  131: 'ECONNRESET',
  145: 'ETIMEDOUT',
  146: 'ECONNREFUSED',
  148: 'EHOSTUNREACH',
}
