import { ArchparityError } from '../errors.js'
import { GOSS_KINDS } from './goss/goss-suite.js'
import { REFUSED_KINDS } from './goss/resources.js'
import { readDocument } from './read-document.js'

const STRUCTURE_KEYS: ReadonlySet<string> = new Set([
  'schemaversion',
  'globalenvvars',
  'commandtests',
  'fileexistencetests',
  'filecontenttests',
  'metadatatest',
  'licensetests',
  'containerrunoptions',
  'serviceoptions',
  'httptests',
  'porttests',
  'logtests',
  'healthtest',
  'differences',
])
const GOSS_KEYS: ReadonlySet<string> = new Set([...GOSS_KINDS, ...Object.keys(REFUSED_KINDS), 'gossfile'])

/** Names that goss files have: `goss.yaml`, `goss-app.yaml`, `app.goss.yaml`, `app_goss.yaml`. */
const GOSS_NAME = /(^|[/._-])goss([._-][^/]*)?\.(ya?ml|json)$/

/**
 * Tells by a file's own keys, and by its name where it has none that is known, which tool it is for. The text may be a
 * template, which is no YAML yet. Throws SUITE_INVALID for a file with keys of both tools, or of none.
 */
export function recogniseFormat(file: string, text: string): 'structure-test' | 'goss' {
  const keys = listTopKeys(text)
  const structure = keys.find(({ key }) => STRUCTURE_KEYS.has(key.toLowerCase()))
  const goss = keys.find(({ key }) => GOSS_KEYS.has(key))
  if (structure !== undefined && goss !== undefined) {
    const line = Math.max(structure.line, goss.line)
    throw new ArchparityError(
      'SUITE_INVALID',
      `${file}:${line}: holds ${structure.key}, which is container-structure-test’s, and ${goss.key}, which is goss’s`,
      { hint: 'A suite file is of one format: make two of it.', details: { file, line } },
    )
  }
  if (goss !== undefined) return 'goss'
  if (structure !== undefined) return 'structure-test'
  if (GOSS_NAME.test(file)) return 'goss'
  if (keys.length === 0) return 'structure-test'
  // What is no YAML either is told first.
  if (!text.includes('{{')) readDocument(file, text)
  const [{ line, key }] = keys as [TopKey]
  throw new ArchparityError(
    'SUITE_INVALID',
    `${file}:${line}: ${key}: is neither container-structure-test’s nor goss’s, so this is no suite`,
    {
      hint: `Structure tests begin with schemaVersion: "2.0.0"; goss files hold ${GOSS_KINDS.join(', ')}. Variables of goss files are read from goss_vars.yaml, or from the file that GOSS_VARS names.`,
      details: { file, line },
    },
  )
}

interface TopKey {
  readonly key: string
  readonly line: number
}

/** Keys of the outermost mapping, as far as they can be seen without reading the text. */
function listTopKeys(text: string): TopKey[] {
  if (/^\s*\{(?!\{)/.test(text)) {
    const keys = listJsonKeys(text) ?? [/^\s*\{\s*["']?([\w-]+)["']?\s*:/.exec(text)?.[1]]
    return keys.flatMap(key => (key === undefined ? [] : [{ key, line: 1 }]))
  }
  return text.split('\n').flatMap((line, index) => {
    const match = /^(?:"([^"]+)"|'([^']+)'|([A-Za-z][\w.-]*))\s*:(?=\s|$)/.exec(line)
    const key = match?.[1] ?? match?.[2] ?? match?.[3]
    return key === undefined ? [] : [{ key, line: index + 1 }]
  })
}

function listJsonKeys(text: string): string[] | undefined {
  try {
    return Object.keys(JSON.parse(text) as object)
  } catch {
    return undefined
  }
}
