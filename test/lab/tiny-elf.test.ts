import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readElfHeader } from '../../src/model/elf-header.js'
import { LAB_PLATFORMS } from './platforms.js'
import { type TinyProgram, writeTinyElf } from './tiny-elf.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lab-elf-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts the program through the kernel: natively, or by the handler that is registered for its machine. */
async function start(architecture: string, program: TinyProgram, env: Readonly<Record<string, string>> = {}) {
  const file = path.join(folder, `${architecture}-${program.does}`)
  writeFileSync(file, writeTinyElf(architecture, program))
  chmodSync(file, 0o755)
  return await execa(file, { reject: false, cwd: folder, timeout: 20_000, env })
}

test.each(LAB_PLATFORMS.map(({ platform }) => platform.architecture))(
  'a tiny %s program',
  async architecture => {
    expect(readElfHeader(writeTinyElf(architecture, { does: 'crash' }))?.architecture).toBe(architecture)
    const printed = await start(architecture, { does: 'print', text: 'hello\n', exitCode: 42 })
    expect({ stdout: printed.stdout, exitCode: printed.exitCode }).toEqual({ stdout: 'hello', exitCode: 42 })
    const crashed = await start(architecture, { does: 'crash' })
    expect(crashed.signal).toBe('SIGILL')
  },
)

const YES = { text: 'yes\n', exitCode: 0 }
const NO = { text: 'no\n', exitCode: 3 }

test('tiny programs that ask: traced natively and not under QEMU, whose CPU has all instructions', async () => {
  const ask = (whether: 'may-trace' | 'has-atomics') => ({ does: 'ask' as const, whether, yes: YES, no: NO })
  expect(await start('amd64', ask('may-trace'))).toMatchObject({ stdout: 'yes', exitCode: 0 })
  expect(await start('arm64', ask('may-trace'))).toMatchObject({ stdout: 'no', exitCode: 3 })
  expect(await start('arm64', ask('has-atomics'))).toMatchObject({ stdout: 'yes', exitCode: 0 })
  expect(await start('arm64', { does: 'add-atomically', ...YES })).toMatchObject({
    stdout: 'yes',
    exitCode: 0,
  })
})

test('tiny programs of ARMv8.1 on an ARMv8.0 CPU', async () => {
  const env = { QEMU_CPU: 'cortex-a72' }
  const asked = await start('arm64', { does: 'ask', whether: 'has-atomics', yes: YES, no: NO }, env)
  expect(asked).toMatchObject({ stdout: 'no', exitCode: 3 })
  expect((await start('arm64', { does: 'add-atomically', ...YES }, env)).signal).toBe('SIGILL')
})
