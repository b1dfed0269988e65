import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findCacheFolder, openLayerCache } from '../../../src/audit/cache/layer-cache.js'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import type { LayerEntry, LayerInventory } from '../../../src/audit/inventory.js'
import type { Digest } from '../../../src/model/digest.js'

const DAY = 24 * 3600 * 1000
const digestOf = (digit: string): Digest => `sha256:${digit.repeat(64)}`
const HASH = 'ab'.repeat(32)

/** Keys that an image chose come without a prototype. */
function mapOf<T>(...entries: [string, T][]): Record<string, T> {
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as Record<string, T>
}

const elf: ElfFacts = {
  machine: 183,
  bits: 64,
  endianness: 'little',
  osAbi: 0,
  type: 'pie',
  flags: 0,
  needed: ['libc.so.6'],
  versionNeeds: mapOf(['libc.so.6', ['GLIBC_2.34']], ['constructor', ['x']]),
  go: { version: 'go1.22', settings: mapOf(['GOARM', '7']) },
}

const rest = { mode: 0o644, uid: 0, gid: 0, size: 0 }
/** One of everything that an inventory can hold. */
const ENTRIES: readonly LayerEntry[] = [
  { path: '', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 },
  { path: 'a', type: 'file', ...rest, size: 9_000_000_000_000, content: { sha256: HASH, text: true } },
  {
    path: 'b\udcff\n\u{1f600}',
    type: 'file',
    ...rest,
    uid: 4_000_000_000,
    content: { sha256: '00'.repeat(32) },
  },
  { path: 'elf', type: 'file', ...rest, capability: '01', content: { sha256: HASH, text: false, elf } },
  {
    path: 'sh',
    type: 'file',
    ...rest,
    content: { sha256: HASH, shebang: '', neutralSha256: HASH, text: true },
  },
  { path: 'sparse', type: 'file', ...rest, content: { sha256: HASH, extents: true, text: false } },
  {
    path: '__proto__',
    type: 'file',
    ...rest,
    content: {
      sha256: HASH,
      fact: {
        kind: 'packages',
        packages: [{ ecosystem: 'apk', name: 'a', version: '1' }],
        files: mapOf(['a', ['/x']]),
      },
    },
  },
  {
    path: 'cache',
    type: 'file',
    ...rest,
    content: { sha256: HASH, fact: { kind: 'loader-cache', libraries: mapOf(['x', ['/x']]) } },
  },
  { path: 'link', type: 'symlink', ...rest, link: '' },
  { path: 'hard', type: 'hardlink', ...rest, link: 'a' },
  { path: 'device', type: 'character', ...rest },
  { path: 'fifo', type: 'fifo', ...rest },
]

function makeInventory(digest: Digest = digestOf('1'), entries = ENTRIES): LayerInventory {
  return {
    digest,
    diffId: digestOf('9'),
    size: 5,
    unpackedSize: 50,
    entries,
    problems: [{ code: 'escape', path: '../x', message: 'Layer', incomplete: false }],
  }
}

let folder: string
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'archparity-test-')), 'layers')
})
afterEach(async () => rm(path.dirname(folder), { recursive: true }))

const open = (options = {}, fingerprint = 'f') => openLayerCache(fingerprint, { folder, ...options })
const findFiles = async () => (await readdir(folder)).map(name => path.join(folder, name))

describe('an inventory', () => {
  test('comes back as it was, down to maps without a prototype', async () => {
    await open().write(makeInventory())
    const found = await open().read(digestOf('1'))
    expect(found).toEqual(makeInventory())
    const content = (name: string) => found?.entries.find(entry => entry.path === name)?.content
    const facts = [content('__proto__')?.fact, content('cache')?.fact]
    for (const map of [
      content('elf')?.elf?.versionNeeds,
      content('elf')?.elf?.go?.settings,
      facts[0]?.kind === 'packages' ? facts[0].files : {},
      facts[1]?.kind === 'loader-cache' ? facts[1].libraries : {},
    ]) {
      expect(Object.getPrototypeOf(map)).toBeNull()
    }
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })

  test('without entries too', async () => {
    await open().write(makeInventory(digestOf('2'), []))
    expect(await open().read(digestOf('2'))).toEqual(makeInventory(digestOf('2'), []))
  })

  test('is only found by its digest and by the readers that made it', async () => {
    await open().write(makeInventory())
    expect(await open().read(digestOf('3'))).toBeUndefined()
    expect(await open({}, 'g').read(digestOf('1'))).toBeUndefined()
    expect(await open().read('sha256:../../../../etc/passwd')).toBeUndefined()
    await open().write({ ...makeInventory(), digest: 'sha256:../../escaped' })
    expect(await readdir(path.dirname(folder))).toEqual(['layers'])
  })

  test('is read anew where its file is damaged anywhere, cut, foreign or of another layer', async () => {
    await open().write(makeInventory())
    const [file = ''] = await findFiles()
    const whole = await readFile(file)
    const damaged = Array.from({ length: whole.length }, (_, at) => {
      const copy = Buffer.from(whole)
      copy[at] = (copy[at] ?? 0) ^ 0x01
      return copy
    })
    const others = [Buffer.alloc(0), whole.subarray(0, -1), gzipSync('{}'), Buffer.from('{"digest": 1}\n')]
    for (const bytes of [...damaged, ...others]) {
      await writeFile(file, bytes)
      expect(await open().read(digestOf('1'))).toBeUndefined()
    }
    await writeFile(file.replace('1111', '2222'), whole)
    await writeFile(path.join(folder, path.basename(file).replaceAll('1', '2').replace('.2-', '.1-')), whole)
    expect(await open().read(digestOf('2'))).toBeUndefined()
    await open().write(makeInventory())
    expect(await open().read(digestOf('1'))).toEqual(makeInventory())
  })
})

describe('the folder', () => {
  test('is the one of the XDG specification', () => {
    expect(findCacheFolder({ XDG_CACHE_HOME: '/c' })).toBe('/c/archparity/layers')
    for (const base of ['', 'relative', undefined]) {
      expect(findCacheFolder({ XDG_CACHE_HOME: base })).toBe(path.join(homedir(), '.cache/archparity/layers'))
    }
  })

  test('is for its owner alone, and holds no drafts', async () => {
    await Promise.all(Array.from({ length: 5 }, () => open().write(makeInventory())))
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect(await findFiles()).toHaveLength(1)
    expect(((await stat((await findFiles())[0] ?? '')).mode & 0o777).toString(8)).toBe('600')
  })

  test('that cannot be written is no error', async () => {
    await mkdir(path.dirname(folder), { recursive: true })
    await writeFile(folder, 'a file where the folder should be')
    const cache = open()
    await cache.write(makeInventory())
    expect(await cache.read(digestOf('1'))).toBeUndefined()
    await cache.prune()
    await rm(folder)
    await mkdir(folder)
    await chmod(folder, 0o500)
    await cache.write(makeInventory())
    await cache.prune()
  })

  test('loses what was not used for long, and keeps what was', async () => {
    const cache = open()
    for (const digit of ['1', '2', '3']) await cache.write(makeInventory(digestOf(digit)))
    await writeFile(path.join(folder, 'notes.txt'), 'not the cache’s')
    for (const file of await findFiles()) {
      const old = new Date(Date.now() - (file.includes('1111') ? 29 : 31) * DAY)
      await utimes(file, old, old)
    }
    expect(await cache.read(digestOf('3'))).toBeDefined()
    await cache.prune()
    const left = (await readdir(folder)).map(name => name.slice(0, 8)).sort()
    expect(left).toEqual(['notes.tx', 'sha256-1', 'sha256-3'])
  })

  test('loses the longest unused of what is too much', async () => {
    const cache = open()
    for (const [at, digit] of ['1', '2', '3', '4'].entries()) {
      await cache.write(makeInventory(digestOf(digit)))
      const [file = ''] = (await findFiles()).filter(name => name.includes(digit.repeat(4)))
      const used = new Date(Date.now() - (digit === '2' ? 0 : 10 - at) * 1000)
      await utimes(file, used, used)
    }
    const { size } = await stat((await findFiles())[0] ?? '')
    const small = open({ maxBytes: size * 2 + 10 })
    await small.prune()
    expect(await findFiles()).toHaveLength(4)
    await small.write(makeInventory(digestOf('2')))
    await small.prune()
    const left = (await readdir(folder)).map(name => name.slice(0, 8)).sort()
    expect(left).toEqual(['sha256-2', 'sha256-4'])
  })
})
