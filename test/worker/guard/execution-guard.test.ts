import type Docker from 'dockerode'
import { describe, expect, test } from 'vitest'
import { readElfHeader } from '../../../src/model/elf-header.js'
import type { Target } from '../../../src/model/target.js'
import { ExecutionGuard } from '../../../src/worker/guard/execution-guard.js'
import type { Program } from '../../../src/worker/guard/resolve-program.js'
import { AMD64, ARM64, type LabPlatform } from '../../lab/platforms.js'
import { writeTinyElf } from '../../lab/tiny-elf.js'
import { connectTestEngine, startIdleContainer } from '../test-container.js'
import { makeContext } from '../test-context.js'
import { buildBusybox, loadTestImage, type TestImage } from '../test-image.js'

const IMAGE = {
  name: 'x',
  image: { manifest: { digest: 'sha256:0' }, imageConfig: { env: [] } },
} as unknown as TestImage

const QEMU = { name: 'qemu-aarch64', version: '7.2', flags: 'PF' }

function makeGuard(platform: LabPlatform, target: Partial<Target>, foreignPrograms: string[] = []) {
  const context = makeContext(IMAGE, platform, { foreignPrograms })
  return new ExecutionGuard({ ...context, target: { ...context.target, ...target } })
}

function makeProgram(path: string, architecture: string): Program {
  const elf = readElfHeader(writeTinyElf(architecture, { does: 'crash' }))
  return { path, kind: 'elf', ...(elf === undefined ? {} : { elf }) }
}

describe('judging a file', () => {
  const guard = makeGuard(ARM64, { execution: 'emulated', emulator: QEMU })

  test('a program of the platform is expected', () => {
    expect(guard.judgeFile(makeProgram('/bin/app', 'arm64'))).toEqual({
      program: '/bin/app',
      machine: 'arm64',
      expected: true,
    })
  })

  test('a program of another platform is not, on either execution', () => {
    for (const each of [guard, makeGuard(ARM64, { execution: 'native' })]) {
      expect(each.judgeFile(makeProgram('/bin/app', 'amd64'))).toEqual({
        program: '/bin/app',
        machine: 'amd64',
        expected: false,
        message: '/bin/app is a program for amd64, but the platform is linux/arm64',
      })
    }
  })

  test('a related architecture is another one', () => {
    expect(guard.judgeFile(makeProgram('/bin/app', 'arm'))).toMatchObject({ expected: false })
    expect(makeGuard(AMD64, {}).judgeFile(makeProgram('/bin/app', '386'))).toMatchObject({ expected: false })
  })

  test('what the user allows is expected, by its path or by the folder above', () => {
    const allowing = makeGuard(ARM64, {}, ['/opt/emu/*', '/bin/app'])
    const isExpected = (path: string) => allowing.judgeFile(makeProgram(path, 'amd64'))?.expected
    expect(isExpected('/bin/app')).toBe(true)
    expect(isExpected('/opt/emu/deep/down')).toBe(true)
    expect(isExpected('/bin/app2')).toBe(false)
    expect(isExpected('/opt/emulator')).toBe(false)
  })

  test('scripts and data are judged by what starts them', () => {
    expect(guard.judgeFile({ path: '/x', kind: 'script', interpreter: '/bin/sh' })).toBeUndefined()
    expect(guard.judgeFile({ path: '/x', kind: 'other' })).toBeUndefined()
  })
})

describe('judging a process', () => {
  const EMULATED = '/usr/libexec/qemu-binfmt/aarch64-binfmt-P /bin/app app'
  const native = makeGuard(AMD64, { execution: 'native' })
  const emulated = makeGuard(ARM64, { execution: 'emulated', emulator: QEMU })
  const unseen = makeGuard(ARM64, { execution: 'emulated', emulator: { name: 'unknown' } })

  test.each([
    ['native, and so it is', native, '/bin/app', 'none', true],
    ['native, but an emulator runs it', native, EMULATED, 'qemu-aarch64', false],
    ['emulated, and so it is', emulated, EMULATED, 'qemu-aarch64', true],
    ['emulated, but the host runs it', emulated, '/bin/app', 'none', false],
    ['emulated, but by another emulator', emulated, '/usr/bin/qemu-arm-static /bin/app', 'qemu-arm', false],
    ['emulated by whatever there is', unseen, '/run/rosetta/rosetta /bin/app', 'rosetta', true],
    ['emulated by whatever there is, but there is nothing', unseen, '/bin/app', 'none', false],
  ])('should be %s', (_, guard, args, emulator, expected) => {
    const verdict = guard.judgeProcess('/bin/app', args)
    expect(verdict).toMatchObject({ program: '/bin/app', emulator, expected })
    expect(verdict.message === undefined).toBe(expected)
  })

  test('the message names both', () => {
    expect(emulated.judgeProcess('/bin/app', '/bin/app').message).toBe(
      '/bin/app should run under qemu-aarch64, but the host ran it natively: it is not a linux/arm64 program',
    )
    expect(unseen.judgeProcess('/bin/app', '/bin/app').message).toBe(
      '/bin/app should run under an emulator, but the host ran it natively: it is not a linux/arm64 program',
    )
  })
})

describe('looking a program up', () => {
  const search = ['/bin', '/usr/bin']

  async function start() {
    const engine = await connectTestEngine()
    const { name } = await loadTestImage(engine, AMD64, await buildBusybox(AMD64))
    const container = await startIdleContainer(engine, name)
    const guard = makeGuard(AMD64, {})
    const find = (program: string, path = search, cwd = '/') => guard.resolve(container, program, path, cwd)
    return { container, find }
  }

  async function run(container: Docker.Container, line: string) {
    const exec = await container.exec({ Cmd: ['/bin/sh', '-c', line], AttachStdout: true })
    const stream = await exec.start({})
    stream.resume()
    await new Promise(resolve => stream.once('end', resolve))
  }

  test('what is found is remembered, what is not is looked for again', async () => {
    const { container, find } = await start()
    expect(await find('ls')).toMatchObject([{ path: '/bin/busybox' }])
    expect(await find('later')).toEqual([])
    await run(container, 'cp /bin/busybox /bin/later; rm /bin/ls')
    expect(await find('later')).toMatchObject([{ path: '/bin/later' }])
    expect(await find('ls')).toMatchObject([{ path: '/bin/busybox' }])
  })

  test('the same name elsewhere is another program', async () => {
    const { container, find } = await start()
    await run(container, 'mkdir /a /b; cp /bin/busybox /a/x; cp /bin/busybox /b/x')
    expect(await find('x', ['/a'])).toMatchObject([{ path: '/a/x' }])
    expect(await find('x', ['/b'])).toMatchObject([{ path: '/b/x' }])
    expect(await find('./x', search, '/a')).toMatchObject([{ path: '/a/x' }])
    expect(await find('./x', search, '/b')).toMatchObject([{ path: '/b/x' }])
  })

  test('a failed request is not remembered', async () => {
    const { container, find } = await start()
    const gone = { ...container, id: 'nope' }
    const guard = makeGuard(AMD64, {})
    const broken = Object.assign(Object.create(Object.getPrototypeOf(container)), gone, {
      infoArchive: async () => {
        throw Object.assign(new Error('boom'), { statusCode: 503 })
      },
    }) as Docker.Container
    await expect(guard.resolve(broken, 'ls', search, '/')).rejects.toThrow('boom')
    expect(await guard.resolve(container, 'ls', search, '/')).toHaveLength(1)
    expect(await find('ls')).toHaveLength(1)
  })
})
