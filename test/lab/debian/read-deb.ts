import { execa } from 'execa'
import { extract } from 'tar-stream'
import type { FileEntry } from '../layer.js'

/** All that a .deb holds. */
export interface DebPackage {
  readonly name: string
  readonly architecture: string
  /** Its paragraph of `control`, without a newline at the end. */
  readonly control: string
  /** The other files of its control archive by name: `md5sums`, `conffiles`, `postinst`, ... */
  readonly information: ReadonlyMap<string, FileEntry>
  /** In the archive's order, paths relative to the root, with owners and hard links. */
  readonly entries: readonly FileEntry[]
  /** Whether dpkg adds the architecture to the names of its own files (Multi-Arch: same). */
  readonly isCoInstallable: boolean
}

/** Reads a .deb (deb(5)) with dpkg's own program; nothing of it is run. */
export async function readDeb(file: string): Promise<DebPackage> {
  const [control, entries] = await Promise.all([
    readTar(file, '--ctrl-tarfile'),
    readTar(file, '--fsys-tarfile'),
  ])
  const information = new Map(control.filter(entry => !entry.directory).map(entry => [entry.path, entry]))
  const paragraph = readText(information.get('control')).trimEnd()
  information.delete('control')
  const readField = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? ''
  return {
    name: readField('Package'),
    architecture: readField('Architecture'),
    control: paragraph,
    information,
    entries,
    isCoInstallable: readField('Multi-Arch') === 'same',
  }
}

/** The content of an entry as text; empty where there is none. */
export function readText(entry: FileEntry | undefined): string {
  return Buffer.from(entry?.content ?? '').toString()
}

async function readTar(file: string, part: '--ctrl-tarfile' | '--fsys-tarfile'): Promise<FileEntry[]> {
  const entries: FileEntry[] = []
  const reader = extract()
  const dpkg = execa('dpkg-deb', [part, file], { stdout: 'pipe', buffer: false })
  dpkg.stdout.pipe(reader)
  for await (const entry of reader) {
    const { name, type, mode, uid, gid, linkname } = entry.header
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    const owned = { path: trimPath(name), mode, uid, gid }
    if (owned.path === '') continue
    if (type === 'directory') entries.push({ ...owned, directory: true })
    else if (type === 'symlink') entries.push({ ...owned, link: linkname ?? '' })
    else if (type === 'link') entries.push({ ...owned, hardLink: trimPath(linkname ?? '') })
    else if (type === 'file') entries.push({ ...owned, content: Buffer.concat(chunks) })
    else throw new Error(`${file}: ${name} is a ${type}`)
  }
  await dpkg
  return entries
}

function trimPath(name: string): string {
  return name.replace(/^\.?\/?/, '').replace(/\/$/, '')
}
