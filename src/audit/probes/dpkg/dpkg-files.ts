import type { FileFact } from '../../inventory.js'
import { cleanPath, createPathBudget } from '../limits.js'
import type { Probe } from '../probe.js'
import { PROBE_BYTES } from '../probe-bytes.js'
import { readLines } from '../read-lines.js'

const FOLDERS = ['var/lib/dpkg/info/', 'var/lib/dpkg/status.d/']
const LIST = '.list'
const SUMS = '.md5sums'

/**
 * What a package put into the root: `info/NAME.list` or `info/NAME:ARCHITECTURE.list` (dpkg-query(1), --listfiles),
 * and `NAME.md5sums`, which names regular files without configuration and is all that distroless images have. The
 * fact's package is the file's name without its end, so that it may carry the architecture.
 */
export const dpkgFiles: Probe = {
  id: 'dpkg-files',
  maxBytes: PROBE_BYTES['dpkg-files'],
  matches(path) {
    if (!path.endsWith(LIST) && !path.endsWith(SUMS)) return false
    return FOLDERS.some(folder => path.startsWith(folder) && !path.includes('/', folder.length))
  },
  read(source, path): FileFact | undefined {
    if (source.size > dpkgFiles.maxBytes) return undefined
    const end = path.endsWith(LIST) ? LIST : SUMS
    const name = path.slice(path.lastIndexOf('/') + 1, -end.length)
    const files: string[] = []
    const budget = createPathBudget()
    for (const line of readLines(source)) {
      const file = end === LIST ? line.toString('utf8') : readSum(line)
      const clean = file === undefined ? undefined : cleanPath(file)
      if (clean === undefined) continue
      if (!budget.take(clean)) break
      // A directory comes right before what is in it.
      const last = files[files.length - 1]
      if (last !== undefined && clean.length > last.length && clean.startsWith(`${last}/`)) files.pop()
      files.push(clean)
    }
    return { kind: 'file-list', ecosystem: 'dpkg', package: name, files }
  },
}

const HASH_DIGITS = 32

/** Path of a line of md5sum's: 32 digits, two spaces, a path from the root. */
function readSum(line: Buffer): string | undefined {
  if (line.length <= HASH_DIGITS + 2 || line[HASH_DIGITS] !== 32) return undefined
  return line.toString('utf8', HASH_DIGITS + 2)
}
