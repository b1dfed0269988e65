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
async function start(architecture: string, program: TinyProgram) {
  const file = path.join(folder, `${architecture}-${program.does}`)
  writeFileSync(file, writeTinyElf(architecture, program))
  chmodSync(file, 0o755)
  return await execa(file, { reject: false, cwd: folder, timeout: 20_000 })
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
