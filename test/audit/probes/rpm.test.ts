import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFact } from './read-source.js'
import {
  buildRpmDatabase,
  queryRpm,
  readDatabase,
  readHeaders,
  writeBerkeley,
  writeNdb,
} from './rpm-database.js'

const FORMAT = '%{NAME} %|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM}\n'
const folders: string[] = []
let database: string
let headers: Buffer[]

beforeAll(async () => {
  database = await buildRpmDatabase('aarch64')
  folders.push(path.dirname(database))
  headers = await readHeaders(database)
})

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function readPackages(file: string, bytes: Buffer) {
  const fact = await readFact(file, bytes)
  if (fact?.kind !== 'packages') throw new Error('no packages')
  return fact
}

/** Packages in the words of FORMAT. */
async function listPackages(file: string, bytes: Buffer): Promise<string[]> {
  const { packages, problem } = await readPackages(file, bytes)
  expect(problem).toBeUndefined()
  return packages
    .map(({ name, version, architecture, source }) => {
      const [sourceName, sourceVersion] = (source ?? '').split(' ')
      const full = version.includes(':') ? version : `0:${version}`
      return `${name} ${full} ${architecture} ${sourceName}-${sourceVersion}.src.rpm`
    })
    .sort()
}

const clean = (lines: readonly string[]) => lines.filter(line => line !== '').sort()

test('agrees with rpm on every package of a SQLite database', async () => {
  const expected = clean(await queryRpm(database, ['-a', '--queryformat', FORMAT]))
  expect(expected.length).toBe(41)
  expect(
    await listPackages('var/lib/rpm/rpmdb.sqlite', await readDatabase(database, 'rpmdb.sqlite')),
  ).toEqual(expected)
})

test('lists the files of a package as rpm does, without directories', async () => {
  const { files } = await readPackages(
    'usr/lib/sysimage/rpm/rpmdb.sqlite',
    await readDatabase(database, 'rpmdb.sqlite'),
  )
  const format = '[%{FILEMODES:perms} %{FILENAMES}\n]'
  const listed = clean(await queryRpm(database, ['demo-tool', '--queryformat', format]))
  const expected = listed.filter(line => !line.startsWith('d')).map(line => line.split(' ')[1])
  expect(expected.length).toBe(501)
  expect([...(files?.['demo-tool'] ?? [])].sort()).toEqual(expected.sort())
})

describe.each(['little', 'big'] as const)('a Berkeley DB of a %s-endian machine', order => {
  test('agrees with rpm', async () => {
    const folder = await writeBerkeley(headers, order)
    folders.push(folder)
    const found = await listPackages('var/lib/rpm/Packages', await readDatabase(folder, 'Packages'))
    expect(found).toEqual(clean(await queryRpm(database, ['-a', '--queryformat', FORMAT])))
    // Debian's rpm reads only its own byte order.
    if (order === 'little')
      expect(found).toEqual(clean(await queryRpm(folder, ['-a', '--queryformat', FORMAT], 'bdb_ro')))
  })
})

test('reads an ndb database of more slots than a page has', async () => {
  const many = Array.from({ length: 7 }, () => headers).flat()
  const { packages, problem } = await readPackages('usr/lib/sysimage/rpm/Packages.db', writeNdb(many))
  expect(problem).toBeUndefined()
  expect(packages.length).toBe(7 * 41)
  expect(await listPackages('var/lib/rpm/Packages.db', writeNdb(headers))).toEqual(
    clean(await queryRpm(database, ['-a', '--queryformat', FORMAT])),
  )
})

test('keeps what it read of a cut database and says that it is cut', async () => {
  const whole = await readDatabase(database, 'rpmdb.sqlite')
  const cut = await readPackages('var/lib/rpm/rpmdb.sqlite', whole.subarray(0, whole.length - 4096 * 10))
  expect(cut.packages.length).toBeLessThan(41)
  expect(cut.problem).toMatch(/ends within/)
  const ndb = writeNdb(headers)
  const cutNdb = await readPackages('var/lib/rpm/Packages.db', ndb.subarray(0, ndb.length / 2))
  expect(cutNdb.packages.length).toBeGreaterThan(0)
  expect(cutNdb.problem).toMatch(/larger than itself|damaged/)
})

test('takes other files of those names for none', async () => {
  expect(await readFact('var/lib/rpm/Packages', 'no database')).toBeUndefined()
  expect(await readFact('var/lib/rpm/rpmdb.sqlite', '')).toBeUndefined()
})
