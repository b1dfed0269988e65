import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { makeProbeProgram } from '../../src/hosts/probe-program.js'
import type { ProbeReport } from '../../src/hosts/probe-report.js'
import type { ProofResult } from '../../src/hosts/proof.js'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import type { BinfmtHandler, HostFacts } from '../../src/model/host.js'
import { judgeCapability } from '../../src/targets/capability.js'

const LOCAL = {
  architecture: 'amd64',
  name: 'local',
  sameKernel: true,
  handlers: [],
  handlersKnown: true,
} as unknown as HostFacts
const FAR: HostFacts = { ...LOCAL, name: 'far', sameKernel: false, handlersKnown: false }

const REPORT: ProbeReport = { emulated: false, cpuTimeMs: 18.5, pageSize: 4096, vdso: true }
const NATIVE: ProofResult = { ran: true, detail: '', report: REPORT }
const EMULATED: ProofResult = { ran: true, detail: '', report: { ...REPORT, emulated: true, cpuTimeMs: 60 } }
const UNTOLD: ProofResult = { ran: true, detail: '', report: { ...REPORT, emulated: undefined } }
const SILENT: ProofResult = { ran: true, detail: '' }
const REFUSED: ProofResult = { ran: false, detail: 'exec format error' }
const UNTRIED: ProofResult = { ran: false, detail: 'denied by policy', inconclusive: true }

const judge = (facts: HostFacts, architecture: string, proof: ProofResult, variant?: string) =>
  judgeCapability(facts, { os: 'linux', architecture, ...(variant ? { variant } : {}) }, async asked => {
    expect(asked).toBe(architecture)
    return proof
  })

describe('a host whose kernel cannot be seen', () => {
  test.each<[string, string, ProofResult, object]>([
    ['its own architecture', 'amd64', NATIVE, { execution: 'native', reason: 'the host is amd64' }],
    ['its own under an emulator', 'amd64', EMULATED, { execution: 'emulated' }],
    ['its own, without a report', 'amd64', SILENT, { execution: 'native', reason: 'the host is amd64' }],
    [
      'its own, where nothing could be tried',
      'amd64',
      UNTRIED,
      { execution: 'native', reason: 'the host is amd64; not proven: denied by policy' },
    ],
    [
      'a foreign one under QEMU',
      'arm64',
      EMULATED,
      { execution: 'emulated', reason: expect.stringContaining('QEMU') },
    ],
    ['a foreign one under an unknown emulator', 'arm64', UNTOLD, { execution: 'emulated' }],
    [
      'a foreign one that looks native, which no CPU can be',
      'arm64',
      NATIVE,
      { execution: 'emulated', reason: expect.stringContaining('no amd64 CPU runs arm64') },
    ],
    [
      'its 32-bit mode',
      '386',
      NATIVE,
      { execution: 'native', reason: 'the amd64 kernel runs 386 programs itself' },
    ],
    ['its 32-bit mode under QEMU', '386', EMULATED, { execution: 'emulated' }],
    [
      'its 32-bit mode, without a report',
      '386',
      SILENT,
      { execution: 'native', reason: expect.stringContaining('nothing tells of an emulator') },
    ],
    [
      'a foreign one that could not be tried',
      'arm64',
      UNTRIED,
      { execution: 'emulated', reason: expect.stringMatching(/assumed.*far \(denied by policy\)/) },
    ],
    [
      'its 32-bit mode that could not be tried',
      '386',
      UNTRIED,
      { execution: 'native', reason: expect.stringContaining('assumed') },
    ],
  ])('%s', async (_, architecture, proof, expected) => {
    const judged = await judge(FAR, architecture, proof)
    expect(judged).toMatchObject({ runs: true, ...expected })
    if (judged.runs && judged.execution === 'emulated') expect(judged.emulator).toEqual({ name: 'unknown' })
  })

  test('a program that it does not start is lost coverage, in the engine’s words', async () => {
    expect(await judge(FAR, 'arm64', REFUSED)).toMatchObject({
      runs: false,
      code: 'no-handler',
      reason: 'host far does not start arm64 programs: exec format error',
      fix: expect.stringContaining('arm64'),
    })
  })

  test('a 32-bit engine on a 64-bit kernel runs the 64-bit programs natively', async () => {
    const judged = await judge({ ...FAR, architecture: 'arm' }, 'arm64', NATIVE)
    expect(judged).toMatchObject({ runs: true, execution: 'native' })
  })
})

describe('a kernel that can be seen', () => {
  const handler = (architecture: string): BinfmtHandler => ({
    name: `qemu-${architecture}`,
    enabled: true,
    interpreter: '/q',
    flags: 'F',
    magic: (makeProbeProgram(architecture) as Buffer).subarray(0, 20).toString('hex'),
  })

  test('its handler tells more than the program does', async () => {
    for (const proof of [EMULATED, NATIVE, UNTOLD, SILENT]) {
      const judged = await judge({ ...LOCAL, handlers: [handler('386')] }, '386', proof)
      expect(judged).toMatchObject({ execution: 'emulated', emulator: { name: 'qemu-386', flags: 'F' } })
    }
  })

  test('without a handler the program tells', async () => {
    expect(await judge(LOCAL, '386', NATIVE)).toMatchObject({ execution: 'native' })
    expect(await judge(LOCAL, '386', SILENT)).toMatchObject({ execution: 'native' })
    expect(await judge(LOCAL, '386', EMULATED)).toMatchObject({ execution: 'emulated' })
    expect(await judge(LOCAL, 'arm64', SILENT)).toMatchObject({ execution: 'emulated' })
  })
})

test('the cost of the loop and the page size are told of what ran', async () => {
  expect(await judge(LOCAL, 'amd64', NATIVE)).toMatchObject({ cpuTimeMs: 18.5, pageSize: 4096 })
  expect(await judge(FAR, 'arm64', EMULATED)).toMatchObject({ cpuTimeMs: 60, pageSize: 4096 })
  for (const proof of [SILENT, UNTRIED]) {
    const judged = await judge(FAR, 'arm64', proof)
    expect(Object.keys(judged)).not.toContain('cpuTimeMs')
    expect(Object.keys(judged)).not.toContain('pageSize')
  }
})

test('a CPU level counts where the host’s CPU is known, and this machine’s is nobody else’s', async () => {
  const weak = { ...LOCAL, cpuFeatures: ['sse2'] }
  expect(await judge(weak, 'amd64', NATIVE, 'v2')).toMatchObject({ runs: false, code: 'cpu-level' })
  expect(await judge(weak, 'amd64', NATIVE)).toMatchObject({ runs: true })
  expect(await judge(FAR, 'amd64', NATIVE, 'v4')).toMatchObject({ runs: true })
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
