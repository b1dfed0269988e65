import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import type { HostFacts } from '../../src/model/host.js'
import { judgeCapability } from '../../src/targets/capability.js'

const AMD64 = {
  architecture: 'amd64',
  name: 'local',
  sameKernel: true,
  handlers: [],
  handlersKnown: true,
} as unknown as HostFacts
const prove = async () => ({ ran: true, detail: '' })

test('an x86-64 level runs only where this CPU has all of its instructions', async () => {
  const flags = /^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []
  const judged = await judgeCapability(AMD64, { os: 'linux', architecture: 'amd64', variant: 'v4' }, prove)
  if (flags.includes('avx512f') && flags.includes('avx512vl') && flags.includes('avx512dq'))
    expect(judged.runs).toBe(true)
  else
    expect(judged).toMatchObject({
      runs: false,
      code: 'cpu-level',
      reason: expect.stringContaining('avx512'),
    })
  for (const variant of [undefined, 'constructor', 'v99']) {
    const platform = { os: 'linux', architecture: 'amd64', ...(variant ? { variant } : {}) }
    expect(await judgeCapability(AMD64, platform, prove), variant).toMatchObject({
      runs: true,
      execution: 'native',
    })
  }
})

test('a proof leaves nothing in the temporary folder', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'proof-test-'))
  vi.stubEnv('TMPDIR', folder)
  await proveOnThisKernel('amd64')
  await proveOnThisKernel('s390x')
  await proveOnThisKernel('made-up')
  vi.unstubAllEnvs()
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
})
