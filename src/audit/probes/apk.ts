import type { ByteSource } from '../byte-source.js'
import type { FileFact, Package } from '../inventory.js'
import {
  cleanPath,
  createPackageList,
  createPathBudget,
  describeTooLarge,
  isWord,
  TOO_MANY,
  TOO_MANY_PATHS,
} from './limits.js'
import type { Probe } from './probe.js'
import { PROBE_BYTES } from './probe-bytes.js'
import { readLines } from './read-lines.js'

const PATHS: ReadonlySet<string> = new Set(['lib/apk/db/installed', 'usr/lib/apk/db/installed'])
const COLON = 58

/**
 * apk's database of installed packages: `X:value` lines, an empty line after each package (apk-tools, `src/database.c`
 * and apk-package(5)). P name, V version, A architecture, o origin, D dependencies; F a directory, R a file in it.
 */
export const apk: Probe = {
  id: 'apk',
  maxBytes: PROBE_BYTES.apk,
  matches: path => PATHS.has(path),
  read(source) {
    if (source.size > apk.maxBytes)
      return { kind: 'packages', packages: [], problem: describeTooLarge(source.size, apk.maxBytes) }
    return parseInstalled(source)
  },
}

interface Stanza {
  readonly fields: Map<string, string>
  readonly files: string[]
  folder: string | undefined
}

function parseInstalled(source: ByteSource): FileFact | undefined {
  const list = createPackageList()
  const budget = createPathBudget()
  const files: Record<string, readonly string[]> = Object.create(null)
  let stanza = startStanza()
  let problem: string | undefined
  const endStanza = () => {
    const found = makePackage(stanza.fields)
    if (found !== undefined) {
      if (!list.add(found)) problem = TOO_MANY
      else if (stanza.files.length > 0) files[found.name] = stanza.files
    }
    stanza = startStanza()
  }
  for (const line of readLines(source)) {
    if (line.length === 0) endStanza()
    else if (line[1] === COLON && !readField(line, stanza, budget)) problem = TOO_MANY_PATHS
    if (problem !== undefined) break
  }
  endStanza()
  if (list.items.length === 0 && source.size > 0 && problem === undefined) return undefined
  return { kind: 'packages', packages: list.items, files, ...(problem === undefined ? {} : { problem }) }
}

function startStanza(): Stanza {
  return { fields: new Map(), files: [], folder: undefined }
}

/** False where no more paths are taken. */
function readField(line: Buffer, stanza: Stanza, budget: { take(path: string): boolean }): boolean {
  const letter = String.fromCharCode(line[0] ?? 0)
  if (letter === 'F') stanza.folder = line.toString('utf8', 2)
  else if (letter === 'R' && stanza.folder !== undefined) {
    const path = cleanPath(`/${stanza.folder}/${line.toString('utf8', 2)}`)
    if (path === undefined) return true
    if (!budget.take(path)) return false
    stanza.files.push(path)
  } else if ('PVAoD'.includes(letter) && !stanza.fields.has(letter)) {
    stanza.fields.set(letter, line.toString('utf8', 2))
  }
  return true
}

function makePackage(fields: ReadonlyMap<string, string>): Package | undefined {
  const name = fields.get('P')
  const version = fields.get('V')
  if (!isWord(name) || !isWord(version)) return undefined
  const architecture = fields.get('A')
  const origin = fields.get('o')
  const requires = readDependencies(fields.get('D'))
  return {
    ecosystem: 'apk',
    name,
    version,
    ...(isWord(architecture) ? { architecture } : {}),
    ...(isWord(origin) ? { source: `${origin} ${version}` } : {}),
    ...(requires.length === 0 ? {} : { requires }),
  }
}

/** Names without versions and repositories (`name>=1`, `name@edge`); what it conflicts with (`!name`) is left out. */
function readDependencies(field: string | undefined): string[] {
  const words = (field ?? '').split(' ').filter(word => isWord(word) && !word.startsWith('!'))
  return [...new Set(words.flatMap(word => /^[^<>=~@]+/.exec(word)?.[0] ?? []))]
}
