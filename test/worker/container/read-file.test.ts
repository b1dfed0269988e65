import { createHash } from 'node:crypto'
import type Docker from 'dockerode'
import { beforeAll, expect, test } from 'vitest'
import { readEntry } from '../../../src/hosts/container-archive.js'
import { readContainerFile } from '../../../src/worker/container/read-file.js'
import { AMD64 } from '../../lab/platforms.js'
import { connectTestEngine, startIdleContainer } from '../test-container.js'
import { buildBusybox, loadTestImage } from '../test-image.js'

const BIG = Buffer.alloc(3_000_000, 'archparity')

const FILES = [
  { path: 'work/text.txt', content: 'gr\u00fc\u00df\n', mode: 0o640 },
  { path: 'work/bytes', content: Buffer.from([0xff, 0]) },
  { path: 'work/empty', content: '', mode: 0o4755 },
  { path: 'work/big', content: BIG },
  { path: 'work/data.json', content: '{"a":[1]}' },
  { path: 'work/link', link: 'text.txt' },
  { path: 'work/broken', link: '/nowhere' },
  { path: 'work/loop', link: 'loop' },
  { path: 'work/to-folder', link: '/tmp' },
]

let container: Docker.Container

beforeAll(async () => {
  const engine = await connectTestEngine()
  const { name } = await loadTestImage(engine, AMD64, await buildBusybox(AMD64, FILES))
  container = await startIdleContainer(engine, name)
})

const read = async (path: string, limit = 1_000_000) => readContainerFile(container, path, limit)

test('a text file, with its mode and owner', async () => {
  const { observation, result } = await read('/work/text.txt')
  expect(observation).toEqual({
    kind: 'file',
    path: '/work/text.txt',
    exists: true,
    type: 'file',
    mode: '0640',
    uid: 0,
    gid: 0,
    content: { text: 'gr\u00fc\u00df\n', bytes: 7, truncated: false },
  })
  expect(result).toMatchObject({ exists: true, size: 7, linkTarget: undefined })
  expect(result.text()).toBe('gr\u00fc\u00df\n')
})

test('bytes that are no text', async () => {
  const { observation, result } = await read('/work/bytes')
  expect(observation.content).toEqual({ base64: '/wA=', bytes: 2, truncated: false })
  expect([...result.bytes]).toEqual([255, 0])
})

test('an empty file, and a setuid bit', async () => {
  expect((await read('/work/empty')).observation).toMatchObject({
    type: 'file',
    mode: '4755',
    content: { text: '', bytes: 0 },
  })
})

test('of a file above the limit all bytes are counted and hashed', async () => {
  const { observation, result } = await read('/work/big', 1000)
  expect(observation.content).toEqual({
    text: BIG.subarray(0, 1000).toString(),
    bytes: BIG.length,
    truncated: true,
    sha256: createHash('sha256').update(BIG).digest('hex'),
  })
  expect(result.size).toBe(BIG.length)
})

test('JSON', async () => {
  expect((await read('/work/data.json')).result.json()).toEqual({ a: [1] })
})

test('a link is followed and named', async () => {
  expect((await read('/work/link')).observation).toMatchObject({
    path: '/work/link',
    exists: true,
    type: 'file',
    linkTarget: '/work/text.txt',
    content: { text: 'gr\u00fc\u00df\n' },
  })
  expect((await read('/work/to-folder')).observation).toMatchObject({ type: 'directory', linkTarget: '/tmp' })
})

test.each(['/nowhere', '/work/text.txt/below', '/work/loop', `/work/${'n'.repeat(300)}`])(
  '%s does not exist',
  async path => {
    const { observation, result } = await read(path)
    expect(observation).toEqual({ kind: 'file', path, exists: false })
    expect(result.exists).toBe(false)
  },
)

test('a link that leads nowhere does not exist, and says where it leads', async () => {
  expect((await read('/work/broken')).observation).toEqual({
    kind: 'file',
    path: '/work/broken',
    exists: false,
    linkTarget: '/nowhere',
  })
})

test('a folder has no content', async () => {
  const { observation } = await read('/tmp')
  expect(observation).toMatchObject({ exists: true, type: 'directory', mode: '1777' })
  expect(observation).not.toHaveProperty('content')
})

test('a program’s bytes are its platform’s own: the machine is recorded instead', async () => {
  const { observation, result } = await read('/bin/sh')
  expect(observation).toMatchObject({ type: 'file', elfMachine: 'amd64' })
  expect(observation).not.toHaveProperty('content')
  expect(result.size).toBeGreaterThan(100_000)
})

test('a pipe and a device end', async () => {
  const line = 'mkfifo /work/pipe && mknod /work/zero c 1 5'
  const exec = await container.exec({ Cmd: ['/bin/busybox', 'sh', '-c', line], AttachStdout: true })
  const stream = await exec.start({})
  stream.resume()
  await new Promise(resolve => stream.once('end', resolve))
  for (const path of ['/work/pipe', '/work/zero']) {
    expect((await read(path)).observation, path).toMatchObject({ exists: true, type: 'other' })
  }
})

test.each(['/proc/self/status', '/sys/kernel', '/dev/null', '/proc'])(
  '%s is not said to be missing, though the engine does not show it',
  async path => {
    const seen = await read(path).catch(error => error)
    if (!('observation' in seen))
      expect(seen).toMatchObject({ code: 'FILE_NOT_STORED', archparity: 'exception' })
    else expect(seen.observation.exists).toBe(true)
  },
)

test('an entry’s reader may have enough', async () => {
  let pieces = 0
  const entry = await readEntry(container, '/work/big', () => {
    pieces += 1
    return false
  })
  expect(entry).toMatchObject({ type: 'file', size: BIG.length })
  expect(pieces).toBe(1)
})

test('a container that is gone is not a file that is missing', async () => {
  const engine = await connectTestEngine()
  const gone = engine.getContainer('0123456789ab')
  await expect(readContainerFile(gone, '/x', 1000)).rejects.toMatchObject({ statusCode: 404 })
})
