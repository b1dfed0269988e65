import { createHash } from 'node:crypto'
import path from 'node:path'

/** A path for a host's socket in `directory`: short, since a socket's path may have 104 bytes, and safe whatever the name. */
export function nameSocket(directory: string, host: string, ending = 'e'): string {
  return path.join(directory, `${createHash('sha256').update(host).digest('hex').slice(0, 6)}.${ending}`)
}
