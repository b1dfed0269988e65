import type { Probe } from './probe.js'
import { PROBE_BYTES } from './probe-bytes.js'
import { readAll } from './read-all.js'

/** Files that rules read whole: what the loader is told, which system this is, who its users are. */
const PATHS: ReadonlySet<string> = new Set([
  'etc/ld.so.conf',
  'etc/os-release',
  'usr/lib/os-release',
  'etc/debian_version',
  'etc/alpine-release',
  'etc/apk/arch',
  'var/lib/dpkg/arch',
  'var/lib/dpkg/diversions',
  'etc/passwd',
  'etc/group',
])

export const text: Probe = {
  id: 'text',
  maxBytes: PROBE_BYTES.text,
  matches(path) {
    if (PATHS.has(path)) return true
    if (!path.startsWith('etc/ld')) return false
    return /^etc\/(?:ld\.so\.conf\.d\/[^/]+\.conf|ld-musl-[^/]+\.path)$/.test(path)
  },
  read(source) {
    if (source.size > text.maxBytes) return undefined
    const content = readAll(source).toString('utf8')
    return content.includes('\0') ? undefined : { kind: 'text', text: content }
  },
}
