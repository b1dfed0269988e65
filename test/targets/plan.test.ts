import { describe, expect, test } from 'vitest'
import { readElfHeader } from '../../src/model/elf-header.js'
import type { BinfmtHandler, HostFacts } from '../../src/model/host.js'
import { type PlanChoice, planTargets } from '../../src/targets/plan.js'
import { DEFAULT_CHOICE, EVERYTHING, makeFacts, makeHandler, makeImage, proving } from './plan-parts.js'

interface Given {
  readonly facts?: Partial<HostFacts>
  readonly choice?: Partial<PlanChoice>
  readonly prove?: typeof EVERYTHING
}

/** The plan in short: a line per target and per lost platform. */
async function plan(platforms: string[], { facts = {}, choice = {}, prove = EVERYTHING }: Given = {}) {
  const host = { facts: makeFacts(facts), prove, local: true }
  const made = await planTargets(makeImage(...platforms), [host], { ...DEFAULT_CHOICE, ...choice })
  return {
    targets: made.targets.map(
      ({ target }) =>
        `${target.label} ${target.execution}${target.emulator ? ` by ${target.emulator.name}` : ''}${target.reference ? ' (reference)' : ''}`,
    ),
    lost: made.lost.map(
      ({ platform, code, intended }) => `${platform} ${code}${intended ? ' (intended)' : ''}`,
    ),
    made,
  }
}

describe('how a platform runs', () => {
  test('the host’s own natively, the foreign ones emulated, all of them kept', async () => {
    const { targets, lost } = await plan(['linux/arm64', 'linux/amd64', 'linux/arm/v7', 'linux/s390x'])
    expect(targets).toEqual([
      'linux/arm64 emulated by qemu-arm64',
      'linux/amd64 native (reference)',
      'linux/arm/v7 emulated by qemu-arm',
      'linux/s390x emulated by qemu-s390x',
    ])
    expect(lost).toEqual([])
  })

  test('a target says all that is known of its emulator, and why', async () => {
    const { made } = await plan(['linux/arm64'])
    expect(made.targets[0]?.target).toEqual({
      id: 'linux/arm64 emulated@local',
      label: 'linux/arm64',
      platform: { os: 'linux', architecture: 'arm64' },
      digest: `sha256:${'0'.repeat(64)}`,
      host: 'local',
      execution: 'emulated',
      emulator: { name: 'qemu-arm64', version: '7.2.22', interpreter: '/usr/bin/qemu-arm64', flags: 'PF' },
      reference: true,
      reason: 'qemu-arm64 7.2.22 (flags PF) ran a test program',
    })
  })

  test('the kernel’s own 32-bit mode is native', async () => {
    const { targets } = await plan(['linux/386', 'linux/amd64'])
    expect(targets).toEqual(['linux/386 native', 'linux/amd64 native (reference)'])
  })

  test('but emulated where a handler takes its programs', async () => {
    const { targets } = await plan(['linux/386'], { facts: { handlers: [makeHandler('386')] } })
    expect(targets).toEqual(['linux/386 emulated by qemu-386 (reference)'])
  })

  test.each<[string, string, Given, string]>([
    ['no handler', 'linux/ppc64le', { prove: proving() }, 'no-handler'],
    [
      'no handler that is enabled',
      'linux/arm64',
      { facts: { handlers: [makeHandler('arm64', { enabled: false })] }, prove: proving() },
      'no-handler',
    ],
    [
      'no binfmt_misc at all',
      'linux/arm64',
      { facts: { handlers: [], handlersKnown: false }, prove: proving() },
      'no-handler',
    ],
    ['a handler whose emulator does not start', 'linux/arm64', { prove: proving() }, 'emulator-broken'],
    ['an architecture that nobody knows', 'linux/made-up', {}, 'no-handler'],
    ['an architecture named like a part of JavaScript', 'linux/constructor', {}, 'no-handler'],
  ])('%s: lost, with the way to get it back', async (_, platform, given, code) => {
    const { targets, lost, made } = await plan([platform], given)
    expect(targets).toEqual([])
    expect(lost).toEqual([`${platform} ${code}`])
    expect(made.lost[0]).toMatchObject({
      digest: `sha256:${'0'.repeat(64)}`,
      reason: expect.stringMatching(/local|did not run/),
      fix: expect.stringContaining('qemu-user-static'),
    })
  })

  test('a broken emulator’s own words are told', async () => {
    const { made } = await plan(['linux/arm64'], { prove: proving() })
    expect(made.lost[0]?.reason).toContain('Exec format error')
  })

  test('a handler without a test program is taken on trust, and says so', async () => {
    const sparc: BinfmtHandler = {
      name: 'qemu-sparc64',
      enabled: true,
      interpreter: '/q',
      flags: 'F',
      magic: '7f',
    }
    const { targets, made } = await plan(['linux/sparc64'], { facts: { handlers: [sparc] } })
    expect(targets).toEqual(['linux/sparc64 emulated by qemu-sparc64 (reference)'])
    expect(made.targets[0]?.target.reason).toContain('not proven')
  })

  test('what runs without any handler in sight is emulated by something unknown', async () => {
    const { targets } = await plan(['linux/arm64', 'linux/386'], {
      facts: { handlers: [], handlersKnown: false },
    })
    expect(targets).toEqual(['linux/arm64 emulated by unknown', 'linux/386 native (reference)'])
  })

  test('what could not be tried is only assumed', async () => {
    const prove = async () => ({ ran: false, detail: 'denied by policy', inconclusive: true })
    const { targets } = await plan(['linux/amd64', 'linux/arm64', 'linux/386'], {
      facts: { sameKernel: false, handlers: [], handlersKnown: false },
      prove,
    })
    expect(targets).toEqual([
      'linux/amd64 native (reference)',
      'linux/arm64 emulated by unknown',
      'linux/386 native',
    ])
  })

  test('another system’s images are left out, but lost where they were asked for', async () => {
    const platforms = ['windows/amd64', 'linux/amd64']
    expect((await plan(platforms)).lost).toEqual(['windows/amd64 not-linux (intended)'])
    const choice = { include: ['windows/amd64', 'linux/amd64'] }
    expect((await plan(platforms, { choice })).lost).toEqual(['windows/amd64 not-linux'])
  })
})

describe('which platforms', () => {
  const ALL = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x']

  test('only those that are included, in the image’s order', async () => {
    const { targets, lost } = await plan(ALL, { choice: { include: ['s390x', 'linux/arm64'] } })
    expect(targets).toEqual([
      'linux/arm64 emulated by qemu-arm64 (reference)',
      'linux/s390x emulated by qemu-s390x',
    ])
    expect(lost).toEqual(['linux/amd64 excluded (intended)', 'linux/arm/v7 excluded (intended)'])
  })

  test('all but those that are excluded', async () => {
    const { targets, lost } = await plan(ALL, { choice: { exclude: ['linux/arm64', 'linux/s390x'] } })
    expect(targets).toEqual(['linux/amd64 native (reference)', 'linux/arm/v7 emulated by qemu-arm'])
    expect(lost).toHaveLength(2)
  })

  test('an exclusion wins over an inclusion', async () => {
    const { targets } = await plan(ALL, { choice: { include: ['amd64', 'arm64'], exclude: ['arm64'] } })
    expect(targets).toEqual(['linux/amd64 native (reference)'])
  })

  test('aliases mean the same platform, and a variant another', async () => {
    expect((await plan(ALL, { choice: { include: ['linux/aarch64'] } })).targets).toHaveLength(1)
    expect((await plan(ALL, { choice: { include: ['arm64/v8'] } })).targets).toHaveLength(1)
    expect((await plan(ALL, { choice: { include: ['arm'] } })).targets).toHaveLength(1)
    expect((await plan(ALL, { choice: { include: ['arm/v6'] } })).lost).toContain('linux/arm/v6 not-in-image')
  })

  test('one that the image lacks is lost coverage', async () => {
    const { lost, made } = await plan(ALL, { choice: { include: ['linux/amd64', 'linux/riscv64'] } })
    expect(lost).toContain('linux/riscv64 not-in-image')
    expect(made.lost.find(each => each.code === 'not-in-image')?.reason).toContain(ALL.join(', '))
  })

  test('what is no platform is refused', async () => {
    await expect(plan(ALL, { choice: { include: ['a/b/c/d'] } })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('a/b/c/d'),
    })
  })

  test('an image without platforms gives an empty plan', async () => {
    expect(await plan([])).toMatchObject({ targets: [], lost: [] })
  })
})

describe('the reference', () => {
  const ALL = ['linux/386', 'linux/arm64', 'linux/amd64']

  test('is the host’s own platform before another native one', async () => {
    expect((await plan(ALL)).targets).toContain('linux/amd64 native (reference)')
  })

  test('is the first native one where the host’s own is missing, and the first of all where none is', async () => {
    expect((await plan(['linux/arm64', 'linux/386'])).targets).toContain('linux/386 native (reference)')
    expect((await plan(['linux/s390x', 'linux/arm64'])).targets[0]).toContain('(reference)')
  })

  test('is the one that the user names', async () => {
    const { targets } = await plan(ALL, { choice: { reference: 'aarch64' } })
    expect(targets.filter(each => each.includes('reference'))).toEqual([
      'linux/arm64 emulated by qemu-arm64 (reference)',
    ])
  })

  test('cannot be one that does not run here', async () => {
    await expect(plan(ALL, { choice: { reference: 'linux/riscv64' } })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('linux/riscv64'),
      hint: expect.stringContaining('linux/386, linux/arm64, linux/amd64'),
    })
    await expect(plan(ALL, { choice: { reference: 'nonsense/x/y/z' } })).rejects.toMatchObject({
      code: 'USAGE',
    })
  })
})

describe('names', () => {
  test('two manifests of one platform are told apart by their digests', async () => {
    const { made } = await plan(['linux/amd64', 'linux/amd64', 'linux/arm64'])
    expect(made.targets.map(({ target }) => target.label)).toEqual([
      'linux/amd64 (sha256:000000000000)',
      'linux/amd64 (sha256:111111111111)',
      'linux/arm64',
    ])
    expect(new Set(made.targets.map(({ target }) => target.id)).size).toBe(3)
    expect(made.targets.filter(({ target }) => target.reference)).toHaveLength(1)
  })
})

test('the handlers of these tests are those of real programs', () => {
  const magic = Buffer.from(makeHandler('s390x').magic as string, 'hex')
  expect(readElfHeader(magic)?.architecture).toBe('s390x')
})
