import type Docker from 'dockerode'
import { beforeAll, expect, test } from 'vitest'
import { resolveProgram } from '../../../src/worker/guard/resolve-program.js'
import { ARM64, S390X } from '../../lab/platforms.js'
import { writeTinyElf } from '../../lab/tiny-elf.js'
import { connectTestEngine } from '../test-container.js'
import { buildBusybox, loadTestImage } from '../test-image.js'

const elf = writeTinyElf('s390x', { does: 'crash' })
const script = (first: string, mode = 0o755) => ({ content: `${first}\necho\n`, mode })

const FILES = [
  { path: 'opt/app', content: elf, mode: 0o755 },
  { path: 'opt/absolute', link: '/opt/app' },
  { path: 'opt/relative', link: '../opt/absolute' },
  { path: 'via', link: 'opt' },
  { path: 'opt/broken', link: '/nowhere' },
  { path: 'opt/loop-a', link: 'loop-b' },
  { path: 'opt/loop-b', link: 'loop-a' },
  { path: 'opt/out', link: '../../../../etc/passwd' },
  { path: 'opt/folder', directory: true },
  { path: 'opt/script', ...script('#!/opt/middle -x') },
  { path: 'opt/middle', ...script('#! \t/opt/relative') },
  { path: 'opt/eats-itself', ...script('#!/opt/eats-itself') },
  { path: 'opt/crlf', ...script('#!/opt/app\r') },
  { path: 'opt/lost', ...script('#!/nope/python') },
  { path: 'opt/relative-interpreter', ...script('#!app') },
  { path: 'opt/empty', content: '', mode: 0o755 },
  { path: 'opt/short', content: elf.subarray(0, 10), mode: 0o755 },
  { path: 'opt/big', content: Buffer.concat([elf, Buffer.alloc(3_000_000)]), mode: 0o755 },
  { path: 'first/tool', content: 'just data', mode: 0o644 },
  { path: 'second/tool', directory: true },
  { path: 'third/tool', content: elf, mode: 0o755 },
  { path: 'fourth/tool', ...script('#!/bin/sh') },
]

let container: Docker.Container

beforeAll(async () => {
  const engine = await connectTestEngine()
  const image = await loadTestImage(engine, ARM64, await buildBusybox(ARM64, FILES))
  // Never started: nothing of the image has to run for this.
  container = await engine.createContainer({ Image: image.name, Cmd: ['x'] })
  return () => container.remove({ force: true })
})

const find = (name: string, searchPath: string[] = [], cwd = '/') =>
  resolveProgram(container, name, searchPath, cwd)

const S390X_ELF = {
  path: '/opt/app',
  kind: 'elf',
  elf: { machine: 22, architecture: S390X.platform.architecture },
}
const SHELL = { path: '/bin/busybox', kind: 'elf', elf: { machine: 183, architecture: 'arm64' } }

test.each([
  ['a file', '/opt/app'],
  ['an absolute link', '/opt/absolute'],
  ['links to links', '/opt/relative'],
  ['a path that is not tidy', '/opt/../opt//./app'],
])('%s leads to the program', async (_, name) => {
  expect(await find(name)).toMatchObject([S390X_ELF])
})

test('a linked folder leads to the program too', async () => {
  expect(await find('/via/app')).toMatchObject([{ kind: 'elf', elf: { machine: 22 } }])
})

test('only the beginning of a big file is read', async () => {
  expect(await find('/opt/big')).toMatchObject([{ path: '/opt/big', kind: 'elf' }])
})

test.each(['/nowhere', '/opt/broken', '/opt/loop-a', '/opt/folder', '/opt/app/below', '/dev/nope', ''])(
  '%j is no program',
  async name => {
    expect(await find(name)).toEqual([])
  },
)

test('a link cannot lead out of the container', async () => {
  expect(await find('/opt/out')).toMatchObject([{ path: '/etc/passwd', kind: 'other' }])
})

test('a script brings its interpreters', async () => {
  expect(await find('/opt/script')).toMatchObject([
    { path: '/opt/script', kind: 'script', interpreter: '/opt/middle' },
    { path: '/opt/middle', kind: 'script', interpreter: '/opt/relative' },
    S390X_ELF,
  ])
})

test('a script that names itself ends', async () => {
  const programs = await find('/opt/eats-itself')
  expect(programs.every(each => each.path === '/opt/eats-itself')).toBe(true)
  expect(programs.length).toBeLessThan(10)
})

test('an interpreter that is not there, or ends in a carriage return, gives the script alone', async () => {
  expect(await find('/opt/lost')).toEqual([
    { path: '/opt/lost', kind: 'script', interpreter: '/nope/python' },
  ])
  expect(await find('/opt/crlf')).toMatchObject([{ path: '/opt/crlf', kind: 'script' }])
})

test.each(['/opt/empty', '/opt/short', '/opt/relative-interpreter', '/etc/passwd'])(
  '%s is neither',
  async name => {
    expect(await find(name)).toEqual([{ path: name, kind: 'other' }])
  },
)

test('PATH is searched as the kernel’s callers do: folders and what may not be executed are passed over', async () => {
  const search = ['/nowhere', '/first', '/second', '/third', '/fourth']
  expect(await find('tool', search)).toMatchObject([{ path: '/third/tool', kind: 'elf' }])
  expect(await find('tool', ['/fourth', '/third'])).toMatchObject([{ path: '/fourth/tool' }, SHELL])
  expect(await find('tool', ['/first', '/second'])).toEqual([])
  expect(await find('tool', [])).toEqual([])
})

test('a file that may not be executed is found where its path is given', async () => {
  expect(await find('/first/tool')).toEqual([{ path: '/first/tool', kind: 'other' }])
})

test('a name with a slash starts at the working folder', async () => {
  expect(await find('./app', ['/third'], '/opt')).toMatchObject([S390X_ELF])
  expect(await find('opt/app', ['/third'], '/')).toMatchObject([S390X_ELF])
  expect(await find('../opt/app', [], '/tmp')).toMatchObject([S390X_ELF])
})
