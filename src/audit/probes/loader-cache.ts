import { readLoaderCache } from './ld-so-cache.js'
import type { Probe } from './probe.js'
import { PROBE_BYTES } from './probe-bytes.js'
import { readAll } from './read-all.js'

/** glibc's list of the libraries in the folders of `ld.so.conf`: what its loader goes by. */
export const loaderCache: Probe = {
  id: 'loader-cache',
  maxBytes: PROBE_BYTES['loader-cache'],
  matches: path => path === 'etc/ld.so.cache',
  read(source) {
    if (source.size > loaderCache.maxBytes) return undefined
    const libraries = readLoaderCache(readAll(source))
    return libraries === undefined ? undefined : { kind: 'loader-cache', libraries }
  },
}
