import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  findBinfmtHandler,
  parseBinfmtEntry,
  readBinfmtHandlers,
  readInterpreterVersion,
} from '../../src/hosts/binfmt.js'
import { makeProbeProgram, PROBE_ARCHITECTURES } from '../../src/hosts/probe-program.js'
import type { BinfmtHandler } from '../../src/model/host.js'

/** As the kernel shows what Debian 12 registers. */
const AARCH64 = `enabled
interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
flags: PF
offset 0
magic 7f454c460201010000000000000000000200b700
mask ffffffffffffff00fffffffffffffffffeffffff
`
const S390X = `enabled
interpreter /usr/libexec/qemu-binfmt/s390x-binfmt-P
flags: PF
offset 0
magic 7f454c4602020100000000000000000000020016
mask ffffffffffffff00fffffffffffffffffffeffff
`
const PYTHON = `enabled
interpreter /usr/bin/python3.11
flags: 
offset 0
magic a70d0d0a
`
const BY_EXTENSION = `enabled
interpreter /usr/bin/wine
flags: 
extension .exe
`

function parse(name: string, text: string): BinfmtHandler {
  const handler = parseBinfmtEntry(name, text)
  if (handler === undefined) throw new Error(`${name} is no registration`)
  return handler
}

describe('parseBinfmtEntry', () => {
  test('reads a registration by magic', () => {
    expect(parse('qemu-aarch64', AARCH64)).toEqual({
      name: 'qemu-aarch64',
      enabled: true,
      interpreter: '/usr/libexec/qemu-binfmt/aarch64-binfmt-P',
      flags: 'PF',
      magic: '7f454c460201010000000000000000000200b700',
      mask: 'ffffffffffffff00fffffffffffffffffeffffff',
      offset: 0,
    })
  })

  test('reads one without flags and without a mask', () => {
    expect(parse('python3.11', PYTHON)).toEqual({
      name: 'python3.11',
      enabled: true,
      interpreter: '/usr/bin/python3.11',
      flags: '',
      magic: 'a70d0d0a',
      offset: 0,
    })
  })

  test('reads one by extension', () => {
    const handler = parse('wine', BY_EXTENSION)
    expect(handler).toMatchObject({ enabled: true, interpreter: '/usr/bin/wine' })
    expect(handler).not.toHaveProperty('magic')
  })

  test('reads one that is switched off', () => {
    expect(parse('qemu-aarch64', AARCH64.replace('enabled', 'disabled')).enabled).toBe(false)
  })

  test.each(['', 'enabled\n', 'garbage', 'register'])('%j is none', text => {
    expect(parseBinfmtEntry('x', text)).toBeUndefined()
  })
})

describe('findBinfmtHandler', () => {
  const handlers = [
    parse('python3.11', PYTHON),
    parse('qemu-aarch64', AARCH64),
    parse('qemu-s390x', S390X),
    parse('wine', BY_EXTENSION),
  ]
  const find = (file: Uint8Array, among = handlers) => findBinfmtHandler(among, file)?.name

  test('finds the handler of each architecture’s programs', () => {
    const found = PROBE_ARCHITECTURES.map(each => [each, find(makeProbeProgram(each) as Buffer)])
    expect(Object.fromEntries(found)).toMatchObject({
      arm64: 'qemu-aarch64',
      s390x: 'qemu-s390x',
      amd64: undefined,
      arm: undefined,
      '386': undefined,
      ppc64le: undefined,
    })
  })

  test('the mask says which bytes count: a shared object is a program too, another ABI byte is none', () => {
    const program = makeProbeProgram('arm64') as Buffer
    program[16] = 3
    expect(find(program)).toBe('qemu-aarch64')
    program[7] = 9
    expect(find(program)).toBe('qemu-aarch64')
    program[18] = 0xb6
    expect(find(program)).toBeUndefined()
  })

  test('passes over what is switched off', () => {
    const off = parse('qemu-aarch64', AARCH64.replace('enabled', 'disabled'))
    expect(find(makeProbeProgram('arm64') as Buffer, [off])).toBeUndefined()
  })

  test('a file that is too short matches nothing', () => {
    expect(find(Buffer.from('7f454c46', 'hex'))).toBeUndefined()
    expect(find(Buffer.alloc(0))).toBeUndefined()
  })

  test('looks at the offset', () => {
    const handler = parse('tail', 'enabled\ninterpreter /x\nflags: \noffset 4\nmagic abcd\n')
    expect(find(Buffer.from('00000000abcd', 'hex'), [handler])).toBe('tail')
    expect(find(Buffer.from('abcd0000abce', 'hex'), [handler])).toBeUndefined()
  })

  test.each(['', 'zz', 'no hex'])('the magic %j matches nothing', magic => {
    const handler = parse('odd', `enabled\ninterpreter /x\nflags: \noffset 0\nmagic ${magic}\n`)
    expect(find(Buffer.from('7f454c46', 'hex'), [handler])).toBeUndefined()
  })
})

describe('readBinfmtHandlers', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'binfmt-test-'))
    return () => rm(directory, { recursive: true })
  })

  const write = (files: Record<string, string>) =>
    Promise.all(Object.entries(files).map(([name, text]) => writeFile(path.join(directory, name), text)))

  test('reads all registrations, sorted, and nothing else', async () => {
    await write({ register: '', status: 'enabled\n', 'qemu-s390x': S390X, 'qemu-aarch64': AARCH64, odd: '?' })
    const handlers = await readBinfmtHandlers(directory)
    expect(handlers?.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['qemu-aarch64', true],
      ['qemu-s390x', true],
    ])
  })

  test('a main switch that is off switches all of them off', async () => {
    await write({ register: '', status: 'disabled\n', 'qemu-s390x': S390X })
    expect((await readBinfmtHandlers(directory))?.[0]?.enabled).toBe(false)
  })

  test('nothing registered is not the same as not mounted', async () => {
    expect(await readBinfmtHandlers(directory)).toBeUndefined()
    expect(await readBinfmtHandlers(path.join(directory, 'nope'))).toBeUndefined()
    await write({ register: '', status: 'enabled\n' })
    expect(await readBinfmtHandlers(directory)).toEqual([])
  })
})

describe('readInterpreterVersion', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'binfmt-test-'))
    return () => rm(directory, { recursive: true })
  })

  const program = async (text: string) => {
    const file = path.join(directory, 'qemu')
    await writeFile(file, `#!/bin/sh\n${text}\n`)
    await chmod(file, 0o755)
    return file
  }

  test('reads what QEMU says of itself, through the link that Debian registers', async () => {
    const file = await program('echo "qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)"')
    const link = path.join(directory, 'aarch64-binfmt-P')
    await symlink(file, link)
    expect(await readInterpreterVersion(link)).toBe('7.2.22')
  })

  test('knows none of a program that fails, says something else, or is not there', async () => {
    expect(await readInterpreterVersion(await program('exit 1'))).toBeUndefined()
    expect(await readInterpreterVersion(await program('echo hello'))).toBeUndefined()
    expect(await readInterpreterVersion(path.join(directory, 'nope'))).toBeUndefined()
  })
})
