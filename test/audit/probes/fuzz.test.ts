import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileFact, Package } from '../../../src/audit/inventory.js'
import { createRandom, pickNumber, type Random } from '../../lab/random.js'
import { readFact } from './read-source.js'
import { buildRpmDatabase, readDatabase, readHeaders, writeBerkeley, writeNdb } from './rpm-database.js'

const ROUNDS = 300
const INFO = '/var/lib/dpkg/info'
const folders: string[] = []
const samples = new Map<string, Buffer>()

beforeAll(async () => {
  const database = await buildRpmDatabase('s390x')
  folders.push(path.dirname(database))
  const headers = (await readHeaders(database)).slice(0, 8)
  const berkeley = await writeBerkeley(headers, 'big')
  folders.push(berkeley)
  const list = readdirSync(INFO).find(file => file.startsWith('dpkg.') && file.endsWith('.list')) ?? ''
  const sums = readdirSync(INFO).find(file => file.startsWith('dpkg.') && file.endsWith('.md5sums')) ?? ''
  const texts: Record<string, string | Buffer> = {
    'var/lib/rpm/rpmdb.sqlite': await readDatabase(database, 'rpmdb.sqlite'),
    'var/lib/rpm/Packages': await readDatabase(berkeley, 'Packages'),
    'var/lib/rpm/Packages.db': writeNdb(headers),
    'var/lib/dpkg/status': readFileSync('/var/lib/dpkg/status').subarray(0, 20_000),
    'var/lib/dpkg/info/a.list': readFileSync(path.join(INFO, list)),
    'var/lib/dpkg/status.d/a.md5sums': readFileSync(path.join(INFO, sums)),
    'lib/apk/db/installed': 'P:a\nV:1\nA:x86_64\nD:b>1 !c\nF:usr/bin\nR:x\nR:y\n\nP:b\nV:2\nF:..\nR:z\n',
    'a/x-1.dist-info/METADATA': 'Metadata-Version: 2.1\nName: x\nVersion: 1\n\ntext\n',
    'a/x-1.dist-info/WHEEL': 'Wheel-Version: 1.0\nTag: cp311-cp311-linux_s390x\n',
    'a/x-1.dist-info/RECORD': 'x/a.py,sha256=1,2\n"x/,"".so",,\n../../bin/x,,\n',
    'node_modules/x/package.json':
      '{"name":"x","version":"1","os":["linux"],"optionalDependencies":{"y":"1"}}',
    'etc/ld.so.conf': 'include /etc/ld.so.conf.d/*.conf\n',
  }
  for (const [file, bytes] of Object.entries(texts)) samples.set(file, Buffer.from(bytes))
})

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

test('reads damaged databases without an exception, and gives nothing that cannot be', async () => {
  const random = createRandom(3)
  let packages = 0
  for (const [file, bytes] of samples)
    for (let round = 0; round < ROUNDS; round += 1) {
      const fact = await readFact(file, damage(random, bytes))
      packages += fact === undefined ? 0 : checkFact(fact)
    }
  // Most survive a small damage.
  expect(packages).toBeGreaterThan(ROUNDS * 10)
})

/** A copy with one to eight damages: bytes changed or moved, a piece repeated, the end cut off. */
function damage(random: Random, original: Buffer): Buffer {
  let bytes = Buffer.from(original)
  for (let count = 1 + pickNumber(random, 8); count > 0 && bytes.length > 0; count -= 1) {
    // The first page says where everything is.
    const at = pickNumber(random, random() < 0.5 ? Math.min(bytes.length, 512) : bytes.length)
    const change = pickNumber(random, 6)
    if (change === 0) bytes[at] = pickNumber(random, 256)
    else if (change === 1)
      bytes.fill(random() < 0.5 ? 0xff : 0, at, Math.min(at + 1 + pickNumber(random, 8), bytes.length))
    else if (change === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
    else if (change === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.floor(at / 2), at + 64)])
    else if (change === 4) bytes.copy(bytes, at, pickNumber(random, bytes.length), bytes.length)
    else if (random() < 0.2) bytes = bytes.subarray(0, at)
  }
  return bytes
}

/** Number of packages in a fact whose words and paths are as they must be. */
function checkFact(fact: FileFact): number {
  if (fact.kind === 'packages') {
    for (const item of fact.packages) checkPackage(item)
    for (const files of Object.values(fact.files ?? {})) files.forEach(checkPath)
    return fact.packages.length
  }
  if (fact.kind === 'node-manifest') checkPackage(fact.package)
  if (fact.kind === 'file-list') fact.files.forEach(checkPath)
  if (fact.kind === 'text') expect(fact.text).not.toContain('\0')
  return 1
}

function checkPackage({ name, version, architecture, source, requires }: Package): void {
  for (const word of [name, version, architecture ?? 'none']) expect(word).toMatch(/^[^\s\0]{1,256}$/)
  for (const words of [source ?? 'none', ...(requires ?? [])]) expect(words).toMatch(/^[^\0\n]+$/)
}

function checkPath(file: string): void {
  if (!/^\/[^\0]+$/.test(file) || file.split('/').some(part => part === '..' || part === '.'))
    expect.fail(`path ${JSON.stringify(file)}`)
}
