import { isWord } from '../limits.js'
import type { Probe } from '../probe.js'
import { PROBE_BYTES } from '../probe-bytes.js'
import { readAll } from '../read-all.js'

/** A wheel for every Python and platform at once has some dozen. */
const MAX_TAGS = 256

/** `*.dist-info/WHEEL`: for which Pythons and platforms it was built (PyPA "Binary distribution format"). */
export const pythonWheel: Probe = {
  id: 'python-wheel',
  maxBytes: PROBE_BYTES['python-wheel'],
  matches: path => path.endsWith('.dist-info/WHEEL') && !path.includes('/_vendor/'),
  read(source) {
    if (source.size > pythonWheel.maxBytes) return undefined
    const tags: string[] = []
    let purelib: boolean | undefined
    for (const line of readAll(source).toString('utf8').split('\n')) {
      const colon = line.indexOf(':')
      const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
      const value = line.slice(colon + 1).trim()
      if (name === 'tag' && isWord(value) && tags.length < MAX_TAGS) tags.push(value)
      if (name === 'root-is-purelib') purelib = value.toLowerCase() === 'true'
    }
    return tags.length === 0
      ? undefined
      : { kind: 'wheel', tags, ...(purelib === undefined ? {} : { purelib }) }
  },
}
