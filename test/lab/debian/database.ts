import { createHash } from 'node:crypto'
import type { FileEntry } from '../layer.js'
import { type DebPackage, readText } from './read-deb.js'

const FOLDER = 'var/lib/dpkg'

/** dpkg's database after these packages were installed: `status`, and `info` with a list of files for each. */
export function writeDatabase(packages: readonly DebPackage[]): FileEntry[] {
  const folders = [
    FOLDER,
    `${FOLDER}/info`,
    `${FOLDER}/updates`,
    `${FOLDER}/triggers`,
    `${FOLDER}/alternatives`,
  ]
  return [
    ...folders.map(path => ({ path, directory: true })),
    { path: `${FOLDER}/status`, content: writeStatus(packages) },
    { path: `${FOLDER}/available`, content: '' },
    { path: `${FOLDER}/info/format`, content: '1\n' },
    ...packages.flatMap(writeInformation),
  ]
}

/** The list of all that is installed, after what an earlier layer's says, sorted by name. */
export function writeStatus(packages: readonly DebPackage[], earlier = ''): string {
  const paragraphs = [...earlier.split('\n\n').filter(Boolean), ...packages.map(writeParagraph)]
  const named = paragraphs.map(text => [/^Package: (.*)/.exec(text)?.[1] ?? '', text] as const)
  return named
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => `${text}\n\n`)
    .join('')
}

/** The package's own files below `info`. */
export function writeInformation(deb: DebPackage): FileEntry[] {
  const name = deb.isCoInstallable ? `${deb.name}:${deb.architecture}` : deb.name
  const write = (kind: string, content: FileEntry['content'], mode = 0o644): FileEntry => ({
    path: `${FOLDER}/info/${name}.${kind}`,
    content: content ?? '',
    mode,
  })
  return [
    write('list', ['/.', ...deb.entries.map(entry => `/${entry.path}`), ''].join('\n')),
    ...[...deb.information].map(([kind, entry]) => write(kind, entry.content, entry.mode)),
    ...(deb.information.has('md5sums') ? [] : [write('md5sums', writeSums(deb))]),
  ]
}

/** `Status` comes second and `Conffiles` follows the version, as dpkg writes them. */
function writeParagraph(deb: DebPackage): string {
  const [first = '', ...rest] = deb.control.split('\n')
  const names = readText(deb.information.get('conffiles')).split('\n').filter(Boolean)
  const sums = names.flatMap(name => {
    const entry = deb.entries.find(entry => `/${entry.path}` === name)
    return entry?.content === undefined ? [] : [` ${name} ${md5(entry)}`]
  })
  const conffiles = sums.length > 0 ? ['Conffiles:', ...sums] : []
  const at = rest.findIndex(line => line.startsWith('Description:'))
  return [first, 'Status: install ok installed', ...rest.slice(0, at), ...conffiles, ...rest.slice(at)].join(
    '\n',
  )
}

/** Not every package brings its own sums; dpkg writes those that are missing. */
function writeSums(deb: DebPackage): string {
  return deb.entries
    .filter(entry => entry.content !== undefined)
    .map(entry => `${md5(entry)}  ${entry.path}\n`)
    .join('')
}

function md5(entry: FileEntry): string {
  return createHash('md5')
    .update(Buffer.from(entry.content ?? ''))
    .digest('hex')
}
