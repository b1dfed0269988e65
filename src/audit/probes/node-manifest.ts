import type { NodeManifest } from '../inventory.js'
import { isWord } from './limits.js'
import type { Probe } from './probe.js'
import { PROBE_BYTES } from './probe-bytes.js'
import { readAll } from './read-all.js'

const FILE = 'package.json'
const MODULES = 'node_modules/'
const MAX_WORDS = 1_000

/**
 * `package.json` of an installed package: right below `node_modules` or `node_modules/@scope`, where Debian puts such
 * packages (`usr/share/nodejs`, `usr/lib/nodejs`), or with no `node_modules` above it (a program's own, which counts
 * as a package only where `node_modules` is beside it). Others are a package's inner files.
 */
export const nodeManifest: Probe = {
  id: 'node-manifest',
  maxBytes: PROBE_BYTES['node-manifest'],
  matches(path) {
    if (!path.endsWith(FILE)) return false
    if (path.length === FILE.length) return true
    if (path[path.length - FILE.length - 1] !== '/') return false
    const modules = path.lastIndexOf(MODULES)
    if (modules < 0) return true
    if (modules > 0 && path[modules - 1] !== '/') return false
    const parts = path.slice(modules + MODULES.length).split('/')
    return parts.length === (parts[0]?.startsWith('@') ? 3 : 2)
  },
  read(source) {
    if (source.size > nodeManifest.maxBytes) return undefined
    const value = parseObject(readAll(source).toString('utf8'))
    const name = value?.name
    const version = value?.version
    if (typeof name !== 'string' || !isWord(name) || typeof version !== 'string' || !isWord(version))
      return undefined
    const manifest = readManifest(value as Record<string, unknown>)
    return {
      kind: 'node-manifest',
      package: {
        ecosystem: 'node',
        name,
        version,
        ...(manifest.cpu === undefined ? {} : { architecture: manifest.cpu.join(' ') }),
      },
      manifest,
    }
  },
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function readManifest(value: Record<string, unknown>): NodeManifest {
  const os = readWords(value.os)
  const cpu = readWords(value.cpu)
  const libc = readWords(value.libc)
  const optional = value.optionalDependencies
  const optionalDependencies =
    typeof optional === 'object' && optional !== null ? readWords(Object.keys(optional)) : undefined
  return {
    ...(os === undefined ? {} : { os }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(libc === undefined ? {} : { libc }),
    ...(optionalDependencies === undefined ? {} : { optionalDependencies }),
  }
}

/** npm takes a list or one word (package.json, "os"). */
function readWords(value: unknown): readonly string[] | undefined {
  const words = (Array.isArray(value) ? value.slice(0, MAX_WORDS) : [value]).filter(
    (word): word is string => typeof word === 'string' && isWord(word),
  )
  return words.length === 0 ? undefined : words
}
