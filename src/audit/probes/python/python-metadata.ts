import type { FileFact, Package } from '../../inventory.js'
import { isWord } from '../limits.js'
import type { Probe } from '../probe.js'
import { PROBE_BYTES } from '../probe-bytes.js'
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
  maxBytes: PROBE_BYTES['python-metadata'],
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
    const somewhere = readMachineRequirements(head)
    const found: Package = { ecosystem: 'python', name: normalizeName(name), version }
    return {
      kind: 'packages',
      packages: [somewhere.length === 0 ? found : { ...found, requiresSomewhere: somewhere }],
    }
  },
}

function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/** More requirements than these are not kept. */
const MAX_REQUIREMENTS = 500

/** `Requires-Dist: greenlet>=1; platform_machine == "x86_64"` (PyPA "Dependency specifiers"): SQLAlchemy needs it there only. */
function readMachineRequirements(text: string): string[] {
  const names = new Set<string>()
  for (const requirement of listHeaders(text, 'requires-dist')) {
    const marker = requirement.indexOf(';')
    if (
      marker < 0 ||
      !/\b(?:platform_machine|sys_platform|platform_system|os_name)\b/.test(requirement.slice(marker))
    )
      continue
    const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,255}/.exec(requirement)?.[0]
    if (name !== undefined) names.add(normalizeName(name))
    if (names.size >= MAX_REQUIREMENTS) break
  }
  return [...names]
}

/** Value of the first header of that name. */
function findHeader(text: string, wanted: string): string | undefined {
  for (const value of listHeaders(text, wanted)) return value
  return undefined
}

/** Values of all headers of that name, in lower case; headers end at the first empty line. */
function* listHeaders(text: string, wanted: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? text.length : end)
    if (line === '' || line === '\r') return
    if (line[wanted.length] === ':' && line.slice(0, wanted.length).toLowerCase() === wanted)
      yield line.slice(wanted.length + 1).trim()
    if (end < 0) return
    start = end + 1
  }
}
