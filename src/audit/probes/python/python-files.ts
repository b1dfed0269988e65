import type { FileFact } from '../../inventory.js'
import { cleanPath, createPathBudget } from '../limits.js'
import type { Probe } from '../probe.js'
import { PROBE_BYTES } from '../probe-bytes.js'
import { readLines } from '../read-lines.js'

const END = '.dist-info/RECORD'

/**
 * `*.dist-info/RECORD`: the files of an installed distribution (PyPA "Recording installed projects"), as CSV with paths
 * relative to the folder that holds the dist-info folder, or absolute. The fact's package is the name of the dist-info
 * folder without its end. Paths that leave the root are left out.
 */
export const pythonFiles: Probe = {
  id: 'python-files',
  maxBytes: PROBE_BYTES['python-files'],
  matches: path => path.endsWith(END) && !path.includes('/_vendor/'),
  read(source, path): FileFact | undefined {
    if (source.size > pythonFiles.maxBytes) return undefined
    const folder = path.slice(0, -END.length)
    const slash = folder.lastIndexOf('/')
    const base = slash < 0 ? '' : `/${folder.slice(0, slash)}`
    const files: string[] = []
    const budget = createPathBudget()
    for (const line of readLines(source)) {
      const field = readFirstField(line.toString('utf8'))
      const clean = field === '' ? undefined : cleanPath(field.startsWith('/') ? field : `${base}/${field}`)
      if (clean === undefined) continue
      if (!budget.take(clean)) break
      files.push(clean)
    }
    return { kind: 'file-list', ecosystem: 'python', package: folder.slice(slash + 1), files }
  },
}

/** First field of a CSV line (RFC 4180); a field with a line break inside cannot be a path here. */
function readFirstField(line: string): string {
  if (!line.startsWith('"')) {
    const comma = line.indexOf(',')
    return comma < 0 ? line : line.slice(0, comma)
  }
  let field = ''
  for (let at = 1; at < line.length; ) {
    const quote = line.indexOf('"', at)
    if (quote < 0) return ''
    field += line.slice(at, quote)
    if (line[quote + 1] !== '"') return field
    field += '"'
    at = quote + 2
  }
  return ''
}
