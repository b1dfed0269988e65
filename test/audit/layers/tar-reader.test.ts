import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { link, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRandom, pickNumber } from '../../lab/random.js'
import { makeEntry, makePax, makeTar } from './make-tar.js'
import { cutBytes } from './read-bytes.js'
import { recordTar } from './record-tar.js'

const run = promisify(execFile)
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')
const readTar = (bytes: Buffer) => recordTar([bytes])

let root: string
let tree: string

const LONG = `${'long-folder-name/'.repeat(12)}${'file'.repeat(30)}`

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'archparity-test-'))
  tree = path.join(root, 'tree')
  await mkdir(path.join(tree, path.dirname(LONG)), { recursive: true })
  await writeFile(path.join(tree, LONG), 'found\n')
  await writeFile(path.join(tree, 'größe-日本'), 'unicode')
  await writeFile(path.join(tree, 'empty'), '')
  await writeFile(path.join(tree, 'block'), Buffer.alloc(512, 'b'))
  await writeFile(path.join(tree, 'large'), Buffer.alloc(300_000, 'l'))
  await writeFile(path.join(tree, 'suid'), 's', { mode: 0o755 })
  await run('chmod', ['4755', path.join(tree, 'suid')])
  await symlink(`/${'target/'.repeat(25)}end`, path.join(tree, 'longlink'))
  await link(path.join(tree, 'block'), path.join(tree, 'hard'))
  await run('mkfifo', [path.join(tree, 'fifo')])
})
afterAll(async () => rm(root, { recursive: true }))

async function pack(...flags: string[]): Promise<Buffer> {
  const file = path.join(root, 'packed.tar')
  await run('tar', ['--create', '--file', file, '--directory', tree, '--sort=name', ...flags, '.'])
  return await readFile(file)
}

describe('archives of GNU tar', () => {
  test.each(['gnu', 'oldgnu', 'pax', 'posix'])(
    'in its format %s are read as they were written',
    async format => {
      const { entries, problems } = readTar(
        await pack(`--format=${format}`, '--owner=:1234567', '--group=:3000000'),
      )
      expect(problems).toEqual([])
      const find = (name: string) => entries.find(entry => entry.name === `./${name}`)
      expect(find(LONG)).toMatchObject({
        type: 'file',
        size: 6,
        sha256: sha256('found\n'),
        uid: 1234567,
        gid: 3000000,
      })
      expect(find('größe-日本')).toMatchObject({ type: 'file', sha256: sha256('unicode') })
      expect(find('empty')).toMatchObject({ type: 'file', size: 0, sha256: sha256('') })
      expect(find('large')).toMatchObject({ size: 300_000, sha256: sha256(Buffer.alloc(300_000, 'l')) })
      expect(find('suid')?.mode).toBe(0o4755)
      expect(find('longlink')).toMatchObject({
        type: 'symlink',
        link: `/${'target/'.repeat(25)}end`,
        size: 0,
      })
      expect([find('block')?.type, find('hard')?.type]).toEqual(['file', 'hardlink'])
      expect(find('hard')?.link).toBe('./block')
      expect(find('fifo')?.type).toBe('fifo')
      expect(entries[0]).toMatchObject({ name: './', type: 'directory' })
      expect(entries).toHaveLength((await run('find', [tree])).stdout.split('\n').filter(Boolean).length)
    },
  )

  test('in the formats ustar and v7 keep what these can hold', async () => {
    for (const format of ['ustar', 'v7']) {
      const { entries, problems } = readTar(
        await pack(`--format=${format}`, '--exclude=*long*', '--exclude=fifo'),
      )
      expect(problems).toEqual([])
      expect(entries.find(entry => entry.name === './größe-日本')?.sha256).toBe(sha256('unicode'))
      expect(entries.find(entry => entry.name === './hard')).toMatchObject({
        type: 'hardlink',
        link: './block',
      })
    }
    const ustar = readTar(await pack('--format=ustar', '--exclude=longlink', '--exclude=filefile*'))
    expect(ustar.entries.map(entry => entry.name)).toContain(`./${path.dirname(LONG)}/`)
  })

  const SPARSE = [
    ['gnu'],
    ['oldgnu'],
    ['pax', '--sparse-version=0.0'],
    ['pax', '--sparse-version=0.1'],
    ['pax', '--sparse-version=1.0'],
  ]
  test.each(SPARSE)('hold sparse files (%s %s), their holes zeros', async (...flags) => {
    const file = path.join(tree, 'sparse')
    const content = Buffer.alloc(8 * 1024 * 1024)
    const handle = await open(file, 'w')
    await handle.truncate(content.length)
    // Enough extents for continuation blocks of GNU's format and for more than one block of map.
    for (let at = 0; at < 60; at += 1) {
      content.fill(`extent ${at}`, at * 131072 + 4096, at * 131072 + 8192)
      await handle.write(content, at * 131072 + 4096, 4096, at * 131072 + 4096)
    }
    await handle.close()
    try {
      const [format, ...rest] = flags
      const { entries, problems } = readTar(await pack('--sparse', `--format=${format}`, ...rest))
      expect(problems).toEqual([])
      const entry = entries.find(({ name }) => name === './sparse')
      expect(entry).toMatchObject({ type: 'file', size: content.length, sha256: sha256(content) })
      expect(entry?.stored).toBeLessThan(1024 * 1024)
      expect(entries.at(-1)?.name).toBe('./suid')
    } finally {
      await rm(file)
    }
  })
})

test('a sparse file whose size ends within its map has the next entry behind it', () => {
  const records = makePax([
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.realsize', '9'],
  ])
  const { entries, problems } = readTar(
    makeTar([records, { name: 'holes', content: '0\n' }, { name: 'next' }]),
  )
  expect(problems).toEqual([])
  expect(entries.map(({ name, size }) => [name, size])).toEqual([
    ['holes', 9],
    ['next', 0],
  ])
})

describe('names and attributes', () => {
  const readOne = (...entries: Parameters<typeof makeTar>[0]) => readTar(makeTar(entries))

  test('that are no UTF-8 stay distinct, and control characters stay', () => {
    const { entries } = readOne(
      { name: 'a\xff' },
      { name: 'a\xfe' },
      { name: 'a\xc3\xa4' },
      { name: 'b\x1b[1m\n' },
    )
    expect(entries.map(entry => entry.name)).toEqual(['a\udcff', 'a\udcfe', 'aä', 'b\x1b[1m\n'])
  })

  test('pax records count more than the header, an empty one says nothing, a global one neither', () => {
    const { entries } = readOne(
      makePax(
        [
          ['path', 'global'],
          ['uid', '7'],
        ],
        'g',
      ),
      { name: 'plain' },
      makePax([
        ['path', 'first'],
        ['path', 'wins'],
        ['uid', '70000'],
        ['linkpath', ''],
      ]),
      { name: 'loses', type: '2', link: 'kept' },
      { name: 'after' },
    )
    expect(entries.map(({ name, uid, link }) => [name, uid, link])).toEqual([
      ['plain', 0, ''],
      ['wins', 70000, 'kept'],
      ['after', 0, ''],
    ])
  })

  test('a capability is read as its bytes, from star and from libarchive', () => {
    const bytes = Buffer.from('0100000200040000000000000a000000', 'hex')
    const { entries, problems } = readOne(
      makePax([['SCHILY.xattr.security.capability', bytes]]),
      { name: 'star' },
      makePax([['LIBARCHIVE.xattr.security.capability', bytes.toString('base64')]]),
      { name: 'libarchive' },
      { name: 'none' },
    )
    expect(problems).toEqual([])
    expect(entries.map(entry => entry.capability)).toEqual([
      bytes.toString('hex'),
      bytes.toString('hex'),
      undefined,
    ])
  })

  test('the size of a pax record is the size in the archive', () => {
    const { entries } = readOne(
      makePax([['size', '5']]),
      { name: 'a', size: 0, content: 'hello' },
      { name: 'b' },
    )
    expect(entries.map(({ name, size, sha256 }) => [name, size, sha256])).toEqual([
      ['a', 5, sha256Of('hello')],
      ['b', 0, sha256Of('')],
    ])
  })

  test('links and folders have no content, whatever their size says', () => {
    const { entries } = readOne(
      { name: 'link', type: '1', link: 'x', size: 512 },
      { name: 'folder/', type: '5', size: 4096 },
      { name: 'file' },
    )
    expect(entries.map(({ name, type, size }) => [name, type, size])).toEqual([
      ['link', 'hardlink', 0],
      ['folder/', 'directory', 0],
      ['file', 'file', 0],
    ])
  })
})
const sha256Of = (text: string) => sha256(text)

describe('hostile archives', () => {
  const codes = (bytes: Buffer) => readTar(bytes).problems.map(({ code, incomplete }) => [code, incomplete])

  test('a header extension of gigabytes is passed over, and the entry that it belongs to is skipped', () => {
    const claimed = makeEntry({ name: 'x', type: 'x', size: '77777777777' })
    expect(codes(claimed)).toEqual([['truncated', true]])
    const two = Buffer.alloc(2 * 1024 * 1024, 'n')
    const { entries, problems } = readTar(
      makeTar([{ name: 'l', type: 'L', content: two }, { name: 'skipped', content: 'x' }, { name: 'next' }]),
    )
    expect(entries.map(entry => entry.name)).toEqual(['next'])
    expect(problems).toEqual([{ code: 'name-too-long', incomplete: false, name: undefined }])
  })

  test.each([
    ['a size below zero', makeTar([{ name: 'a', size: '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe' }])],
    ['a size that is no number', makeTar([{ name: 'a', size: '12x45' }])],
    ['a pax size that is none', makeTar([makePax([['size', '-1']]), { name: 'a' }])],
    [
      'a pax record without its line end',
      makeTar([{ name: 'x', type: 'x', content: '12 path=abcd' }, { name: 'a' }]),
    ],
    [
      'a pax record that is longer than its header',
      makeTar([{ name: 'x', type: 'x', content: '99 path=a\n' }, { name: 'a' }]),
    ],
    [
      'a wrong checksum',
      Buffer.concat([Buffer.from(makeEntry({ name: 'a' })).fill('z', 0, 1), Buffer.alloc(1024)]),
    ],
    ['a pax header that nothing follows', makeTar([makePax([['path', 'a']])])],
    [
      'a sparse map that goes back',
      makeTar([
        makePax([
          ['GNU.sparse.map', '8,2,4,2'],
          ['GNU.sparse.size', '20'],
        ]),
        { name: 'a', content: 'abcd' },
      ]),
    ],
    [
      'a sparse map beyond the file',
      makeTar([
        makePax([
          ['GNU.sparse.map', '18,4'],
          ['GNU.sparse.size', '20'],
        ]),
        { name: 'a', content: 'abcd' },
      ]),
    ],
    [
      'a sparse map of more than is stored',
      makeTar([
        makePax([
          ['GNU.sparse.map', '0,400'],
          ['GNU.sparse.size', '1000'],
        ]),
        { name: 'a', content: 'abcd' },
      ]),
    ],
    [
      'a sparse map that never ends',
      makeTar([
        makePax([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
          ['GNU.sparse.realsize', '9'],
        ]),
        { name: 'a', content: '99\n1\n2\n' },
      ]),
    ],
  ])('%s ends the reading as corrupt', (_, bytes) => {
    expect(codes(bytes)).toEqual([['corrupt', true]])
  })

  test('an archive cut anywhere but between entries is truncated, with the path where it was', () => {
    const whole = Buffer.concat([
      makeEntry({ name: 'one', content: 'x'.repeat(600) }),
      makeEntry({ name: 'two', content: 'y' }),
    ])
    for (const cut of [1, 511, 513, 1111])
      expect(codes(whole.subarray(0, cut))).toEqual([['truncated', true]])
    expect(readTar(whole.subarray(0, 600)).problems[0]?.name).toBe('one')
    for (const cut of [0, 1112, 1536, whole.length]) expect(codes(whole.subarray(0, cut))).toEqual([])
  })

  test('terabytes of holes cost nothing', () => {
    const { entries, problems } = readTar(
      makeTar([
        makePax([
          ['GNU.sparse.map', '8000000000000,4'],
          ['GNU.sparse.size', '9000000000000'],
        ]),
        { name: 'a', content: 'abcd' },
      ]),
    )
    expect(problems).toEqual([])
    expect(entries[0]).toMatchObject({ size: 9_000_000_000_000, stored: 4, ended: true })
  })
})

describe('whatever the bytes are', () => {
  const random = createRandom(20_241)
  const damage = (bytes: Buffer) => {
    const copy = Buffer.from(bytes)
    for (let count = pickNumber(random, 6); count > 0; count -= 1) {
      const at = pickNumber(random, copy.length)
      const block = at - (at % 512)
      if (random() < 0.3) copy[at] = pickNumber(random, 256)
      else if (random() < 0.5) copy.write('7777777777', block + 124)
      else copy.copyWithin(at, pickNumber(random, copy.length))
      // A checksum that fits lets the damage through to what is behind it.
      if (random() < 0.7) mendChecksum(copy, block)
    }
    return copy.subarray(0, random() < 0.3 ? pickNumber(random, copy.length) : copy.length)
  }

  test('the result does not depend on how they come, and nothing is thrown', async () => {
    const valid = [
      await pack('--format=gnu'),
      await pack('--format=pax'),
      makeTar([
        makePax([
          ['GNU.sparse.map', '5,2,100,2'],
          ['GNU.sparse.size', '200'],
          ['GNU.sparse.name', 'real'],
        ]),
        { name: 'a', content: 'abcd' },
        makePax([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
          ['GNU.sparse.realsize', '900'],
        ]),
        { name: 'b', content: `2\n1\n3\n700\n5\n${'\0'.repeat(501)}abcdefgh` },
        { name: 'c', content: 'c'.repeat(2000) },
      ]),
    ].map(bytes => bytes.subarray(0, 80 * 512))
    let withProblems = 0
    for (let round = 0; round < 1500; round += 1) {
      const bytes = damage(valid[round % valid.length] as Buffer)
      const whole = recordTar([bytes])
      if (whole.problems.length > 0) withProblems += 1
      const sizes = [1, 7, 511, 512, 513, 5000]
      const step = () => sizes[pickNumber(random, sizes.length)] ?? 1
      expect(recordTar(cutBytes(bytes, round % 20 === 0 ? () => 1 : step), round % 2 === 0)).toEqual(whole)
    }
    expect(withProblems).toBeGreaterThan(300)
    expect(withProblems).toBeLessThan(1500)
  })
})

function mendChecksum(bytes: Buffer, block: number): void {
  const header = bytes.subarray(block, block + 512)
  if (header.length < 512) return
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}
