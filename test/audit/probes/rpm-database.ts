import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'

/** As many packages as need inner pages in SQLite's tree. */
const PACKAGES = 40

const SPEC = `
Name: demo-tool
Version: 1.2
Release: 3.el9
Epoch: 2
Summary: demo
License: MIT
%description
demo
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/share/demo/empty
echo demo > %{buildroot}/usr/bin/demo
for number in $(seq 500); do echo $number > %{buildroot}/usr/share/demo/file-$number; done
%files
/usr/bin/demo
/usr/share/demo
${Array.from(
  { length: PACKAGES },
  (_, index) => `
%package part-${index}
Summary: part
Epoch: 0
${index % 2 === 0 ? 'BuildArch: noarch' : ''}
%description part-${index}
${'What a long description says. '.repeat(index)}
%files part-${index}
`,
).join('')}
`

/** A folder with a real `rpmdb.sqlite`: packages that rpmbuild made for that machine, as rpm records them. */
export async function buildRpmDatabase(architecture: string): Promise<string> {
  const work = await mkdtemp(path.join(tmpdir(), 'archparity-rpm-'))
  await writeFile(path.join(work, 'demo.spec'), SPEC)
  const build = [
    ...['-bb', '--target', architecture, '--define', `_topdir ${work}/top`],
    ...['--define', '__os_install_post %{nil}', path.join(work, 'demo.spec')],
  ]
  await execa('rpmbuild', build)
  const files = await readdir(path.join(work, 'top/RPMS'), { recursive: true })
  const packages = files.filter(file => file.endsWith('.rpm')).map(file => path.join(work, 'top/RPMS', file))
  const database = path.join(work, 'database')
  const options = ['--justdb', '--nodeps', '--ignorearch', '--ignoreos', '--noscripts']
  await execa('rpm', [...chooseBackend(database, 'sqlite'), ...options, '--install', ...packages])
  return database
}

type Backend = 'sqlite' | 'bdb_ro'

function chooseBackend(folder: string, backend: Backend): string[] {
  return ['--dbpath', folder, '--define', `_db_backend ${backend}`]
}

/** Lines that rpm itself answers of a database. */
export async function queryRpm(
  folder: string,
  args: readonly string[],
  backend: Backend = 'sqlite',
): Promise<string[]> {
  const { stdout } = await execa('rpm', [...chooseBackend(folder, backend), '--query', ...args])
  return stdout.split('\n')
}

/** The header blobs of a `rpmdb.sqlite`, as Python's SQLite reads them. */
export async function readHeaders(folder: string): Promise<Buffer[]> {
  const script =
    'import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute("select blob from Packages"): print(row[0].hex())'
  const { stdout } = await execa('python3', ['-c', script, path.join(folder, 'rpmdb.sqlite')])
  return stdout.split('\n').map(line => Buffer.from(line, 'hex'))
}

/** Writes `Packages` with Berkeley DB's own tool, in the byte order that is asked for. */
export async function writeBerkeley(headers: readonly Buffer[], order: 'little' | 'big'): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'archparity-rpm-'))
  await mkdir(folder, { recursive: true })
  const number = (value: number) => {
    const bytes = Buffer.alloc(4)
    if (order === 'little') bytes.writeUInt32LE(value)
    else bytes.writeUInt32BE(value)
    return bytes
  }
  // The value under key 0 is the number of the next package.
  const pairs = [[number(0), number(headers.length)], ...headers.map((blob, at) => [number(at + 1), blob])]
  const lines = pairs.flat().map(bytes => ` ${bytes?.toString('hex')}`)
  const lead = ['VERSION=3', 'format=bytevalue', 'type=hash', `db_lorder=${order === 'little' ? 1234 : 4321}`]
  const input = [...lead, 'db_pagesize=4096', 'HEADER=END', ...lines, 'DATA=END', ''].join('\n')
  await execa('db5.3_load', [path.join(folder, 'Packages')], { input })
  return folder
}

/** Writes `Packages.db` as rpm's `lib/backend/ndb/rpmpkg.c` lays it out, checksums left out; no Debian rpm can. */
export function writeNdb(headers: readonly Buffer[]): Buffer {
  const pages = Math.ceil((headers.length + 2) / 256)
  const slots = Buffer.alloc(pages * 4096)
  slots.write('RpmP', 0, 'latin1')
  slots.writeUInt32LE(pages, 12)
  slots.writeUInt32LE(headers.length + 1, 16)
  const blobs: Buffer[] = []
  let block = slots.length / 16
  for (let slot = 2; slot < pages * 256; slot += 1) {
    slots.write('Slot', slot * 16, 'latin1')
    const header = headers[slot - 2]
    if (header === undefined) continue
    const blob = Buffer.alloc(Math.ceil((16 + header.length + 12) / 16) * 16)
    blob.write('BlbS', 0, 'latin1')
    blob.writeUInt32LE(slot - 1, 4)
    blob.writeUInt32LE(1, 8)
    blob.writeUInt32LE(header.length, 12)
    header.copy(blob, 16)
    blob.write('BlbE', blob.length - 4, 'latin1')
    slots.writeUInt32LE(slot - 1, slot * 16 + 4)
    slots.writeUInt32LE(block, slot * 16 + 8)
    slots.writeUInt32LE(blob.length / 16, slot * 16 + 12)
    blobs.push(blob)
    block += blob.length / 16
  }
  return Buffer.concat([slots, ...blobs])
}

/** A database's bytes. */
export async function readDatabase(folder: string, file: 'rpmdb.sqlite' | 'Packages'): Promise<Buffer> {
  return await readFile(path.join(folder, file))
}
