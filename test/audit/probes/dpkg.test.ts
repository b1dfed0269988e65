import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Package } from '../../../src/audit/inventory.js'
import { queryDpkg } from './dpkg-root.js'
import { readFact } from './read-source.js'

const STATUS = 'var/lib/dpkg/status'
const INFO = 'var/lib/dpkg/info'

async function readPackages(content: Uint8Array | string, path = STATUS): Promise<readonly Package[]> {
  const fact = await readFact(path, content)
  if (fact?.kind !== 'packages') throw new Error('no packages')
  return fact.packages
}

test('agrees with dpkg-query on every package of this machine', async () => {
  const format = [
    'db:Status-Status',
    'Package',
    'Version',
    'Architecture',
    'source:Package',
    'source:Version',
    'Pre-Depends',
    'Depends',
  ]
  const lines = await queryDpkg(['-W', '-f', `${format.map(name => `\${${name}}`).join('\t')}\n`])
  const expected = lines
    .map(line => line.split('\t'))
    .filter(([state]) => state === 'installed' || state?.startsWith('triggers'))
    .map(([, name, version, architecture, source, sourceVersion, before, depends]) => ({
      name,
      version,
      architecture,
      source: `${source} ${sourceVersion}`,
      requires: nameRelations(`${before},${depends}`),
    }))
  const packages = await readPackages(readFileSync(`/${STATUS}`))
  const found = packages.map(({ name, version, architecture, source, requires }) => ({
    name,
    version,
    architecture,
    source: source ?? `${name} ${version}`,
    requires: [...(requires ?? [])],
  }))
  expect(found.length).toBeGreaterThan(50)
  expect(found.sort(byName)).toEqual(expected.sort(byName))
})

function byName(a: { name?: string; architecture?: string }, b: { name?: string; architecture?: string }) {
  const [first, second] = [`${a.name} ${a.architecture}`, `${b.name} ${b.architecture}`]
  return first < second ? -1 : first > second ? 1 : 0
}

/** dpkg-query's relations without versions and architectures, by another way than the reader's. */
function nameRelations(text: string): string[] {
  const bare = text.replace(/\s*\([^)]*\)/g, '').replace(/:[a-z0-9-]+/g, '')
  return [...new Set(bare.split(/,\s*/))].filter(relation => relation.trim() !== '')
}

test('lists the files of every package of this machine as dpkg-query does', async () => {
  const lists = readdirSync(`/${INFO}`).filter(file => file.endsWith('.list'))
  const found = new Set<string>()
  for (const file of lists) {
    const fact = await readFact(`${INFO}/${file}`, readFileSync(`/${INFO}/${file}`))
    if (fact?.kind !== 'file-list') throw new Error(`no list in ${file}`)
    expect(fact).toMatchObject({ ecosystem: 'dpkg', package: file.slice(0, -'.list'.length) })
    for (const path of fact.files) found.add(path)
  }
  const names = lists.map(file => file.slice(0, -'.list'.length))
  const listed = (await queryDpkg(['-L', ...names])).filter(line => line.startsWith('/') && line !== '/.')
  // Told without the disk, from which some may have been removed.
  const folders = new Set(listed.map(path => path.slice(0, path.lastIndexOf('/'))))
  expect([...found].filter(path => !folders.has(path)).sort()).toEqual(
    [...new Set(listed)].filter(path => !folders.has(path)).sort(),
  )
  // Only folders that the next package fills may be left.
  expect([...found].filter(path => folders.has(path)).length).toBeLessThan(found.size / 50)
})

test('knows only what is installed', async () => {
  const stanza = (name: string, status: string) =>
    `Package: ${name}\nStatus: ${status}\nArchitecture: amd64\nVersion: 1\n`
  const packages = await readPackages(
    [
      stanza('here', 'install ok installed'),
      stanza('held', 'hold ok installed'),
      stanza('waits', 'install ok triggers-awaited'),
      stanza('removed', 'deinstall ok config-files'),
      stanza('half', 'install ok half-installed'),
      'Package: silent\nVersion: 1\n',
    ].join('\n'),
  )
  expect(packages.map(({ name }) => name)).toEqual(['here', 'held', 'waits'])
})

test("reads distroless' stanzas, which have no status, and fields that go on over lines", async () => {
  const stanza =
    'Package: libssl3\nSource: openssl\nVersion: 3.0.15-1~deb12u1\nArchitecture: arm64\n' +
    'Depends: libc6 (>= 2.34),\n debconf (>= 0.5) | debconf-2.0,\n libc6:any\nDescription: TLS\n depends: nothing\n'
  expect(await readPackages(stanza, 'var/lib/dpkg/status.d/libssl3')).toEqual([
    {
      ecosystem: 'dpkg',
      name: 'libssl3',
      version: '3.0.15-1~deb12u1',
      architecture: 'arm64',
      source: 'openssl 3.0.15-1~deb12u1',
      requires: ['libc6', 'debconf | debconf-2.0'],
    },
  ])
})

test("reads distroless' sums as a list of files", async () => {
  const sums = `${'a'.repeat(32)}  usr/lib/x86_64-linux-gnu/libz.so.1\n${'b'.repeat(32)}  usr/share/a b\nshort\n`
  expect(await readFact('var/lib/dpkg/status.d/zlib1g.md5sums', sums)).toEqual({
    kind: 'file-list',
    ecosystem: 'dpkg',
    package: 'zlib1g',
    files: ['/usr/lib/x86_64-linux-gnu/libz.so.1', '/usr/share/a b'],
  })
})

test('takes line ends of other systems, keys of any case and a missing last line end', async () => {
  const text = 'PACKAGE: a\r\nstatus: install ok installed\r\nVersion: 1\r\n\r\nPackage: b\r\n'
  expect(await readPackages(`${text}Status: install ok installed\r\nVersion: 2`)).toEqual([
    { ecosystem: 'dpkg', name: 'a', version: '1' },
    { ecosystem: 'dpkg', name: 'b', version: '2' },
  ])
})

test('keeps paths inside the root and whole', async () => {
  const list =
    '/.\n/usr\n/usr/bin\n/usr/bin/a\n/usr/bin/a.b\n/../etc/shadow\n/usr/../../x\n/a\0b\n/opt/empty\n/usr/./c\n'
  expect(await readFact('var/lib/dpkg/info/a.list', list)).toMatchObject({
    files: ['/usr/bin/a', '/usr/bin/a.b', '/opt/empty', '/usr/c'],
  })
})

test('takes an empty status for a system without packages, and anything else for none', async () => {
  expect(await readFact(STATUS, '')).toEqual({ kind: 'packages', packages: [] })
  expect(await readFact(STATUS, '\0\0\0\0')).toBeUndefined()
  expect(await readFact(STATUS, '{"packages": []}\n')).toBeUndefined()
})
