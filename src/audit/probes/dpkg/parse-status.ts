import type { ByteSource } from '../../byte-source.js'
import type { Package } from '../../inventory.js'
import { createPackageList, isWord } from '../limits.js'
import { readLines } from '../read-lines.js'

const COLON = 58
const SPACE = 32
const TAB = 9

/** Fields that are kept, in lower case: dpkg ignores case (deb822(5)). */
const FIELDS: ReadonlySet<string> = new Set([
  'package',
  'status',
  'version',
  'architecture',
  'source',
  'pre-depends',
  'depends',
])
const LONGEST_FIELD = 12

/** States in which dpkg takes a package for installed when it checks dependencies (dpkg(1), "package states"). */
const INSTALLED: ReadonlySet<string> = new Set(['installed', 'triggers-awaited', 'triggers-pending'])

type Stanza = Map<string, string>

/**
 * Reads the stanzas of a dpkg status file: packages that are installed, in the file's order. Undefined where the file
 * has no stanza although it is not empty. `needsStatus` is false for distroless images' `status.d`, whose stanzas are
 * packages' control files and have no Status.
 *
 * `requires` has an entry for each relation of Pre-Depends and Depends, without versions and architectures; names of
 * alternatives are joined: `debconf | debconf-2.0`.
 */
export function parseStatus(
  source: ByteSource,
  needsStatus: boolean,
): { readonly packages: readonly Package[]; readonly full: boolean } | undefined {
  const list = createPackageList()
  let stanza: Stanza = new Map()
  let field: string | undefined
  let stanzas = 0
  const endStanza = (): boolean => {
    field = undefined
    if (stanza.size === 0) return true
    if (stanza.has('package')) stanzas += 1
    const found = makePackage(stanza, needsStatus)
    stanza = new Map()
    return found === undefined || list.add(found)
  }
  for (const line of readLines(source)) {
    if (line.length === 0) {
      if (!endStanza()) break
    } else if (line[0] === SPACE || line[0] === TAB) {
      // Only relations may go on in a next line.
      if (field?.endsWith('depends'))
        stanza.set(field, `${stanza.get(field) ?? ''}${line.toString('utf8')}`.slice(0, MAX_RELATIONS))
    } else {
      field = readField(line, stanza)
    }
  }
  endStanza()
  return stanzas === 0 && source.size > 0 ? undefined : { packages: list.items, full: list.full }
}

/** Characters of a relation field that goes on over lines. */
const MAX_RELATIONS = 128 * 1024

function readField(line: Buffer, stanza: Stanza): string | undefined {
  const colon = line.indexOf(COLON)
  if (colon <= 0 || colon > LONGEST_FIELD) return undefined
  const name = line.toString('latin1', 0, colon).toLowerCase()
  if (!FIELDS.has(name) || stanza.has(name)) return undefined
  stanza.set(name, line.toString('utf8', colon + 1).trim())
  return name
}

function makePackage(stanza: Stanza, needsStatus: boolean): Package | undefined {
  const name = stanza.get('package')
  const version = stanza.get('version')
  if (!isWord(name) || !isWord(version)) return undefined
  const state = stanza.get('status')?.split(/\s+/, 3)[2]
  if (state === undefined ? needsStatus : !INSTALLED.has(state)) return undefined
  const architecture = stanza.get('architecture')
  const source = readSource(stanza.get('source'), version)
  const requires = [
    ...new Set([...readRelations(stanza.get('pre-depends')), ...readRelations(stanza.get('depends'))]),
  ]
  return {
    ecosystem: 'dpkg',
    name,
    version,
    ...(isWord(architecture) ? { architecture } : {}),
    ...(source === undefined ? {} : { source }),
    ...(requires.length === 0 ? {} : { requires }),
  }
}

/** `name version`: the field leaves the version out where it is the package's own. */
function readSource(field: string | undefined, version: string): string | undefined {
  if (field === undefined) return undefined
  const open = field.indexOf('(')
  const name = (open < 0 ? field : field.slice(0, open)).trim()
  const own =
    open < 0
      ? version
      : field
          .slice(open + 1)
          .replace(')', '')
          .trim()
  return isWord(name) && isWord(own) ? `${name} ${own}` : undefined
}

function readRelations(field: string | undefined): string[] {
  if (!field) return []
  return field.split(',').flatMap(relation => {
    const names = relation
      .split('|')
      .flatMap(alternative => /^\s*([A-Za-z0-9][A-Za-z0-9+._-]*)/.exec(alternative)?.[1] ?? [])
    return names.length === 0 ? [] : [names.join(' | ')]
  })
}
