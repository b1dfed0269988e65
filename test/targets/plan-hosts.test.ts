import { describe, expect, test } from 'vitest'
import type { ProofResult } from '../../src/hosts/proof.js'
import type { HostFacts } from '../../src/model/host.js'
import type { PlanHost } from '../../src/targets/choose-hosts.js'
import {
  type Plan,
  type PlanChoice,
  type PlannedTarget,
  planEmulatedTwin,
  planSubstitute,
  planTargets,
} from '../../src/targets/plan.js'
import { DEFAULT_CHOICE, makeFacts, makeHandler, makeImage, proving } from './plan-parts.js'

interface HostParts {
  readonly facts?: Partial<HostFacts>
  readonly platforms?: readonly string[]
  readonly prove?: PlanHost['prove']
}

/** This machine: amd64, with emulators of arm64 and s390x. */
const LOCAL: PlanHost = {
  facts: makeFacts({ handlers: ['arm64', 's390x'].map(each => makeHandler(each)) }),
  prove: proving('amd64', '386', 'arm64', 's390x'),
  local: true,
}

/** A remote host that runs its own programs and those of these architectures, by emulators that can be seen. */
function far(name: string, architecture: string, emulates: string[] = [], parts: HostParts = {}): PlanHost {
  return {
    facts: makeFacts({
      ...{ name, kind: 'ssh', endpoint: `ssh://${name}`, architecture, sameKernel: false },
      ...{ handlers: emulates.map(each => makeHandler(each)), ...parts.facts },
    }),
    prove: parts.prove ?? proving(architecture, ...emulates),
    local: false,
    ...(parts.platforms === undefined ? {} : { platforms: parts.platforms }),
  }
}

const show = ({ targets, lost }: Plan) => ({
  targets: targets.map(({ target }) => `${target.id}${target.reference ? ' *' : ''}`),
  lost: lost.map(({ platform, code }) => `${platform} ${code}`),
})

const IMAGE = makeImage('linux/amd64', 'linux/arm64', 'linux/s390x')
const makePlan = (hosts: readonly PlanHost[], choice: Partial<PlanChoice> = {}, image = IMAGE) =>
  planTargets(image, hosts, { ...DEFAULT_CHOICE, ...choice })

describe('where a platform runs', () => {
  const pi = far('pi', 'arm64')

  test('auto: natively where a host can, else emulated', async () => {
    expect(show(await makePlan([LOCAL, pi])).targets).toEqual([
      'linux/amd64 native@local *',
      'linux/arm64 native@pi',
      'linux/s390x emulated@local',
    ])
  })

  test('both: natively, and emulated beside it', async () => {
    expect(show(await makePlan([LOCAL, pi], { execution: 'both' })).targets).toEqual([
      'linux/amd64 native@local *',
      'linux/arm64 native@pi',
      'linux/arm64 emulated@local',
      'linux/s390x emulated@local',
    ])
  })

  test('native: what no host runs so is lost, with what to do', async () => {
    const plan = await makePlan([LOCAL, pi], { execution: 'native' })
    expect(show(plan)).toEqual({
      targets: ['linux/amd64 native@local *', 'linux/arm64 native@pi'],
      lost: ['linux/s390x no-native-host'],
    })
    expect(plan.lost[0]?.fix).toContain('--host ssh://')
  })

  test('emulated: also what a host runs natively, but for what none emulates', async () => {
    expect(show(await makePlan([LOCAL, pi], { execution: 'emulated' })).targets).toEqual([
      'linux/amd64 native@local *',
      'linux/arm64 emulated@local',
      'linux/s390x emulated@local',
    ])
    const emulating = far('pi', 'arm64', ['amd64'])
    expect(show(await makePlan([LOCAL, emulating], { execution: 'emulated' })).targets[0]).toBe(
      'linux/amd64 emulated@pi *',
    )
  })

  test('emulated here before elsewhere, where it was declared before where it was not', async () => {
    const image = makeImage('linux/s390x')
    const first = far('first', 'arm64', ['s390x'])
    const declared = far('declared', 'arm64', ['s390x'], { platforms: ['linux/s390x'] })
    const where = async (...hosts: PlanHost[]) => show(await makePlan(hosts, {}, image)).targets
    expect(await where(first, declared, LOCAL)).toEqual(['linux/s390x emulated@local *'])
    expect(await where(first, declared)).toEqual(['linux/s390x emulated@declared *'])
    expect(await where(first)).toEqual(['linux/s390x emulated@first *'])
  })

  test('a host that is declared for platforms gets no others, native or not', async () => {
    const asked: string[] = []
    const prove = async (architecture: string): Promise<ProofResult> => {
      asked.push(architecture)
      return { ran: true, detail: '' }
    }
    const declared = far('pi', 'arm64', ['s390x'], { platforms: ['linux/arm64'], prove })
    const image = makeImage('linux/arm64', 'linux/arm/v7', 'linux/s390x')
    expect(show(await makePlan([declared], {}, image))).toEqual({
      targets: ['linux/arm64 native@pi *'],
      lost: ['linux/arm/v7 no-host', 'linux/s390x no-host'],
    })
    expect(new Set(asked)).toEqual(new Set(['arm64']))
  })

  test('this machine’s engine too can be kept to its platforms', async () => {
    const own = { ...LOCAL, platforms: ['linux/amd64'] }
    expect(show(await makePlan([own]))).toEqual({
      targets: ['linux/amd64 native@local *'],
      lost: ['linux/arm64 no-host', 'linux/s390x no-host'],
    })
  })

  test('an engine that runs under an emulator itself is used, and called emulated', async () => {
    const report = { emulated: true, cpuTimeMs: 5 } as NonNullable<ProofResult['report']>
    const prove = async () => ({ ran: true, detail: '', report })
    const hosts = [far('vm', 'arm64', [], { prove })]
    const image = makeImage('linux/arm64')
    for (const execution of ['auto', 'both', 'emulated'] as const)
      expect(show(await makePlan(hosts, { execution }, image)).targets).toEqual(['linux/arm64 emulated@vm *'])
    expect(show(await makePlan(hosts, { execution: 'native' }, image)).lost).toEqual([
      'linux/arm64 no-native-host',
    ])
  })

  test('no host at all', async () => {
    const { targets, lost } = show(await makePlan([]))
    expect(targets).toEqual([])
    expect(lost).toEqual(['linux/amd64 no-host', 'linux/arm64 no-host', 'linux/s390x no-host'])
  })
})

describe('hosts of one platform', () => {
  const hosts = [LOCAL, far('a', 'arm64'), far('b', 'arm64'), far('c', 'arm64'), far('spare', 'amd64')]
  const lanes = (plan: Plan) => new Map(plan.targets.map(({ target, lane }) => [target.id, lane]))

  test('share its suites; one that only could run what the reference runs is spare', async () => {
    const plan = await makePlan(hosts)
    expect(show(plan).targets).toEqual([
      'linux/amd64 native@local *',
      ...['a', 'b', 'c'].map(name => `linux/arm64 native@${name}`),
      'linux/s390x emulated@local',
    ])
    const arm = ['a', 'b', 'c'].map(name => lanes(plan).get(`linux/arm64 native@${name}`))
    expect(new Set(arm).size).toBe(1)
    expect(new Set(lanes(plan).values()).size).toBe(3)
  })

  test('are no more than there are files to share, and at least one', async () => {
    const count = async (files: number) =>
      show(await makePlan(hosts, { files })).targets.filter(id => id.includes('arm64')).length
    expect([await count(0), await count(1), await count(2), await count(9)]).toEqual([1, 1, 2, 3])
  })

  test('with everyHost each run all, the spare one too, however few files there are', async () => {
    const plan = await makePlan(hosts, { everyHost: true, files: 1 })
    expect(show(plan).targets).toEqual([
      'linux/amd64 native@local *',
      'linux/amd64 native@spare',
      ...['a', 'b', 'c'].map(name => `linux/arm64 native@${name}`),
      'linux/s390x emulated@local',
    ])
    expect(new Set(lanes(plan).values()).size).toBe(plan.targets.length)
  })

  test('two manifests of one platform share nothing', async () => {
    const plan = await makePlan(hosts, {}, makeImage('linux/arm64', 'linux/arm64'))
    const byDigest = new Map(plan.targets.map(({ target, lane }) => [`${target.digest} ${lane}`, lane]))
    expect(new Set(byDigest.values()).size).toBe(byDigest.size)
    // Three for the one that is not the reference's, one for that.
    expect(plan.targets).toHaveLength(4)
  })
})

describe('the reference', () => {
  test('is this machine’s own platform before that of a remote host that comes first', async () => {
    const plan = await makePlan([far('pi', 'arm64'), LOCAL])
    expect(plan.targets.find(each => each.target.reference)?.target.id).toBe('linux/amd64 native@local')
  })

  test('without this machine is the first host’s own platform', async () => {
    const plan = await makePlan([far('pi', 'arm64'), far('box', 'amd64')])
    expect(plan.targets.filter(each => each.target.reference).map(each => each.target.id)).toEqual([
      'linux/amd64 native@box',
    ])
  })

  test('that the user names runs natively before emulated', async () => {
    const hosts = [LOCAL, far('pi', 'arm64')]
    const plan = await makePlan(hosts, { reference: 'linux/arm64', execution: 'both' })
    expect(plan.targets.find(each => each.target.reference)?.target.id).toBe('linux/arm64 native@pi')
  })
})

describe('CPU models', () => {
  const cpuModels = { arm64: ['cortex-a72', 'max'], 'linux/aarch64': ['max'] }

  test('are legs of their own, each once, beside what runs natively', async () => {
    const plan = await makePlan([LOCAL, far('pi', 'arm64')], { cpuModels })
    expect(show(plan).targets).toEqual([
      'linux/amd64 native@local *',
      'linux/arm64 native@pi',
      'linux/arm64 emulated cortex-a72@local',
      'linux/arm64 emulated max@local',
      'linux/s390x emulated@local',
    ])
    const leg = plan.targets[2]?.target
    expect(leg).toMatchObject({
      label: 'linux/arm64 (cortex-a72)',
      emulator: { name: 'qemu-arm64', cpu: 'cortex-a72' },
      reason: expect.stringMatching(/, as CPU cortex-a72$/),
    })
    expect(new Set(plan.targets.map(each => each.lane)).size).toBe(plan.targets.length)
  })

  test('are lost where no host emulates the platform', async () => {
    const plan = await makePlan([far('pi', 'arm64')], { cpuModels }, makeImage('linux/arm64'))
    expect(show(plan)).toEqual({
      targets: ['linux/arm64 native@pi *'],
      lost: ['linux/arm64 no-cpu-model'],
    })
    expect(plan.lost[0]).toMatchObject({
      intended: false,
      reason: expect.stringContaining('cortex-a72, max'),
    })
  })
})

test('a target’s slowdown is its test program’s CPU time against the reference’s', async () => {
  const timed = (times: Record<string, number>) => async (architecture: string) => {
    const report = { cpuTimeMs: times[architecture] ?? 0, emulated: false } as NonNullable<
      ProofResult['report']
    >
    return { ran: true, detail: '', report }
  }
  const hosts = [
    { ...LOCAL, prove: timed({ amd64: 20, s390x: 190 }) },
    far('pi', 'arm64', [], { prove: timed({ arm64: 55 }) }),
  ]
  const plan = await makePlan(hosts)
  expect(plan.referenceMs).toBe(20)
  expect(plan.targets.map(({ target }) => target.slowdown)).toEqual([1, 2.8, 9.5])
})

describe('a substitute for a target whose host was lost', () => {
  const hosts = [LOCAL, far('pi', 'arm64'), far('other', 'arm64')]
  const find = (plan: Plan, id: string) => plan.targets.find(each => each.target.id === id) as PlannedTarget
  const named = (plan: Plan) => plan.targets.map(each => each.target)
  const without = (name: string) => hosts.filter(host => host.facts.name !== name)

  test('is on another host, in the same execution', async () => {
    const plan = await makePlan(hosts, { files: 1 })
    const lost = find(plan, 'linux/arm64 native@pi')
    const substitute = await planSubstitute(lost, without('pi'), named(plan), 10)
    expect(substitute?.target).toMatchObject({
      id: 'linux/arm64 native@other',
      label: 'linux/arm64 (other)',
      execution: 'native',
      reference: false,
      digest: lost.target.digest,
    })
  })

  test('is never emulated for one that was native', async () => {
    const plan = await makePlan(hosts, { files: 1 })
    const lost = find(plan, 'linux/arm64 native@pi')
    expect(await planSubstitute(lost, [LOCAL], named(plan))).toBeUndefined()
  })

  test('keeps the CPU model', async () => {
    const emulating = far('big', 'amd64', ['arm64'])
    const plan = await makePlan([LOCAL], { cpuModels: { arm64: ['max'] } })
    const lost = find(plan, 'linux/arm64 emulated max@local')
    const substitute = await planSubstitute(lost, [emulating], named(plan))
    expect(substitute?.target).toMatchObject({ id: 'linux/arm64 emulated max@big', emulator: { cpu: 'max' } })
  })

  test('there is none where no host is left', async () => {
    const plan = await makePlan(hosts)
    expect(await planSubstitute(find(plan, 'linux/arm64 native@pi'), [], named(plan))).toBeUndefined()
  })
})

describe('the emulated twin of a platform that ran natively', () => {
  const image = IMAGE.platforms[1] as (typeof IMAGE.platforms)[number]

  test('is told from the native one', async () => {
    const hosts = [LOCAL, far('pi', 'arm64')]
    const plan = await makePlan(hosts)
    const named = plan.targets.map(each => each.target)
    const twin = await planEmulatedTwin(image, hosts, named, 10)
    expect(twin?.target).toMatchObject({
      id: 'linux/arm64 emulated@local',
      label: 'linux/arm64 (emulated)',
      reference: false,
    })
  })

  test('is not to be had where no host emulates', async () => {
    expect(await planEmulatedTwin(image, [far('pi', 'arm64'), far('box', 'amd64')], [])).toBeUndefined()
  })
})
