import type { FileFact } from '../../inventory.js'
import { isWord } from '../limits.js'
import type { Probe } from '../probe.js'
import { readAll } from '../read-all.js'

/** The headers of interest are the first; what follows may be a whole readme. */
const HEAD_BYTES = 64 * 1024

/**
 * Name and version of an installed Python distribution: `*.dist-info/METADATA` (PyPA "Core metadata"),
 * `*.egg-info/PKG-INFO` and `*.egg-info` files as distutils wrote them. Copies that a package carries inside
 * (`_vendor/`) are not installed. The name is normalised as PyPA's "Names and normalization" has it, because tools of
 * different age write it differently.
 */
export const pythonMetadata: Probe = {
  id: 'python-metadata',
  maxBytes: 16 * 1024 * 1024,
  matches(path) {
    return (
      (path.endsWith('.egg-info') ||
        path.endsWith('.dist-info/METADATA') ||
        path.endsWith('.egg-info/PKG-INFO') ||
        path.endsWith('EGG-INFO/PKG-INFO')) &&
      !path.includes('/_vendor/')
    )
  },
  read(source): FileFact | undefined {
    const head = readAll(source, HEAD_BYTES).toString('utf8')
    const name = findHeader(head, 'name')
    const version = findHeader(head, 'version')
    if (!isWord(name) || !isWord(version)) return undefined
    return { kind: 'packages', packages: [{ ecosystem: 'python', name: normalizeName(name), version }] }
  },
}

function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/** Value of the first header of that name; headers end at the first empty line. */
function findHeader(text: string, wanted: string): string | undefined {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? text.length : end)
    if (line === '' || line === '\r') return undefined
    if (line[wanted.length] === ':' && line.slice(0, wanted.length).toLowerCase() === wanted)
      return line.slice(wanted.length + 1).trim()
    if (end < 0) return undefined
    start = end + 1
  }
  return undefined
}
