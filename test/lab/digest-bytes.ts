import { createHash } from 'node:crypto'
import type { Digest } from '../../src/model/digest.js'

export function digestBytes(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
