import { describeTooLarge, TOO_MANY } from '../limits.js'
import type { Probe } from '../probe.js'
import { PROBE_BYTES } from '../probe-bytes.js'
import { parseStatus } from './parse-status.js'

const STATUS = 'var/lib/dpkg/status'
const PARTS = 'var/lib/dpkg/status.d/'

/** dpkg's database of installed packages, and the file for each package that distroless images have instead. */
export const dpkgStatus: Probe = {
  id: 'dpkg-status',
  maxBytes: PROBE_BYTES['dpkg-status'],
  matches(path) {
    if (!path.startsWith(STATUS)) return false
    if (path.length === STATUS.length) return true
    return (
      path.startsWith(PARTS) &&
      !path.includes('/', PARTS.length) &&
      !path.endsWith('.md5sums') &&
      !path.endsWith('.list')
    )
  },
  read(source, path) {
    if (source.size > dpkgStatus.maxBytes)
      return {
        kind: 'packages',
        packages: [],
        problem: describeTooLarge(source.size, dpkgStatus.maxBytes),
      }
    const parsed = parseStatus(source, path === STATUS)
    if (parsed === undefined) return undefined
    return { kind: 'packages', packages: parsed.packages, ...(parsed.full ? { problem: TOO_MANY } : {}) }
  },
}
