import { expect, test } from 'vitest'
import { findBinfmtHandler, readBinfmtHandlers } from '../../src/hosts/binfmt.js'
import { makeProbeProgram, PROBE_ARCHITECTURES } from '../../src/hosts/probe-program.js'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import { readElfHeader } from '../../src/model/elf-header.js'
import { normalizePlatform } from '../../src/model/platform.js'

test.each(PROBE_ARCHITECTURES)('the program for %s is one of that architecture', architecture => {
  const header = readElfHeader(makeProbeProgram(architecture) as Buffer)
  expect(header?.architecture).toBe(architecture)
})

test.each(PROBE_ARCHITECTURES)(
  'the program for %s proves itself wherever this machine can run it',
  async architecture => {
    const handlers = (await readBinfmtHandlers()) ?? []
    const handler = findBinfmtHandler(handlers, makeProbeProgram(architecture) as Buffer)
    const own = normalizePlatform({
      os: 'linux',
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    })
    const second = own.architecture === 'amd64' && architecture === '386'
    const runs = architecture === own.architecture || second || handler !== undefined
    const proof = await proveOnThisKernel(architecture)
    expect(proof.ran, proof.detail).toBe(runs)
  },
)

test('there is none for an architecture without a recipe', async () => {
  expect(makeProbeProgram('sparc64')).toBeUndefined()
  expect(makeProbeProgram('toString')).toBeUndefined()
  expect(await proveOnThisKernel('sparc64')).toMatchObject({ ran: false })
})
