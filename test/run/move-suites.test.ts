import { describe, expect, test } from 'vitest'
import type { Host } from '../../src/hosts/host.js'
import type { RunEvent } from '../../src/model/events.js'
import { assignSuites } from '../../src/run/assign-suites.js'
import type { HostOutcome } from '../../src/run/host-suites.js'
import { moveSuites } from '../../src/run/move-suites.js'
import type { PreparedTarget } from '../../src/run/prepare-targets.js'
import type { PlanHost } from '../../src/targets/choose-hosts.js'
import { type PlanChoice, type PlannedTarget, planTargets } from '../../src/targets/plan.js'
import { DEFAULT_CHOICE, makeFacts, makeHandler, makeImage, proving } from '../targets/plan-parts.js'

const FILES = ['1', '2', '3', '4', '5', '6']

const makeHost = (name: string, architecture: string, emulates: string[] = []): PlanHost => ({
  facts: makeFacts({ name, architecture, handlers: emulates.map(each => makeHandler(each)) }),
  prove: proving(architecture, ...emulates),
  local: false,
})

const prepareOne = (planned: PlannedTarget): PreparedTarget => ({
  planned,
  lane: planned.lane,
  context: { target: planned.target } as PreparedTarget['context'],
})

interface Given {
  /** The image’s platforms; the first is the reference. */
  readonly platforms?: readonly string[]
  readonly hosts: readonly PlanHost[]
  readonly choice?: Partial<PlanChoice>
  /** Hosts that no image can be pulled on. */
  readonly unready?: readonly string[]
  readonly signal?: AbortSignal
  /** What each host that is lost had finished before, in the order in which hosts are asked to run. */
  readonly losses: readonly (readonly [host: string, done: readonly string[]])[]
}

/** Lets hosts be lost one after another, and tells what was moved where: a line for each target of each round. */
async function move({
  platforms = ['linux/arm64'],
  hosts,
  choice = {},
  unready = [],
  signal,
  losses,
}: Given) {
  const reference = platforms[0] as string
  const plan = await planTargets(makeImage(...platforms), hosts, { ...DEFAULT_CHOICE, reference, ...choice })
  const prepare = async (targets: readonly PlannedTarget[]) =>
    targets.filter(({ target }) => !unready.includes(target.host)).map(prepareOne)
  const prepared = await prepare(plan.targets)
  const files = assignSuites(prepared, FILES)
  const left = [...losses]
  const conclude = (targets: readonly PreparedTarget[], given: ReadonlyMap<string, readonly string[]>) =>
    [...new Set(targets.map(each => each.context.target.host))].map((name): HostOutcome => {
      const at = left.findIndex(([host]) => host === name)
      const [loss] = at === -1 ? [] : left.splice(at, 1)
      const own = targets.flatMap(({ context: { target } }) => (target.host === name ? [target.id] : []))
      const done = own.map(id => [id, new Set(loss === undefined ? given.get(id) : loss[1])] as const)
      return { host: { name } as Host, lost: loss !== undefined, done: new Map(done) }
    })
  const rounds: string[] = []
  const events: RunEvent[] = []
  const lost = await moveSuites(
    {
      ...{ plan, prepare, planHosts: hosts, signal: signal ?? new AbortController().signal },
      emit: event => void events.push(event),
      run: async (targets, moved) => {
        rounds.push([...moved].map(([id, own]) => `${id.replace('linux/', '')}: ${own.join(' ')}`).join('; '))
        return conclude(targets, moved)
      },
    },
    prepared,
    files,
    conclude(prepared, files),
  )
  const planned = events.flatMap(event => (event.type === 'target-planned' ? [event.target.id] : []))
  return { rounds, lost: [...lost], planned: planned.map(id => id.replace('linux/', '')) }
}

describe('hosts that share the suites', () => {
  const platforms = ['linux/amd64', 'linux/arm64']
  const hosts = [makeHost('ref', 'amd64'), ...['a', 'b', 'c'].map(name => makeHost(name, 'arm64'))]

  test('one of them takes over what another has not finished', async () => {
    // a has 1 and 4, b has 2 and 5, c has 3 and 6.
    expect(await move({ platforms, hosts, losses: [['a', ['1']]] })).toEqual({
      rounds: ['arm64 native@b: 4'],
      lost: ['a'],
      planned: [],
    })
  })

  test('two at once, and the one that took over after them', async () => {
    const losses = [
      ['a', []],
      ['b', ['2']],
      ['c', ['3', '6']],
    ] as const
    expect(await move({ platforms, hosts, losses: losses.slice(0, 2) })).toMatchObject({
      rounds: ['arm64 native@c: 1 4 5'],
      lost: ['a', 'b'],
    })
    expect(await move({ platforms, hosts, losses })).toMatchObject({ rounds: [], lost: ['a', 'b', 'c'] })
    const later = [['a', []], ...[['b', ['2', '5']] as const]] as const
    expect(await move({ platforms, hosts, losses: later })).toMatchObject({ rounds: ['arm64 native@c: 1 4'] })
  })

  test('one on which the image could not be had is not given the work', async () => {
    // Then a has 1, 3, 5 and c has 2, 4, 6.
    expect(await move({ platforms, hosts, unready: ['b'], losses: [['a', ['1']]] })).toEqual({
      rounds: ['arm64 native@c: 3 5'],
      lost: ['a'],
      planned: [],
    })
    const losses = [
      ['a', ['1']],
      ['c', []],
    ] as const
    expect(await move({ platforms, hosts, unready: ['b'], losses })).toMatchObject({
      rounds: [],
      planned: [],
    })
  })
})

describe('hosts that were not needed, since another runs the reference', () => {
  const hosts = ['a', 'b', 'c'].map(name => makeHost(name, 'arm64'))

  test('none lost, nothing moved', async () => {
    expect(await move({ hosts, losses: [] })).toEqual({ rounds: [], lost: [], planned: [] })
  })

  test('the first of them takes what the reference’s host left undone', async () => {
    expect(await move({ hosts, losses: [['a', ['1', '2']]] })).toEqual({
      rounds: ['arm64 native@b: 3 4 5 6'],
      lost: ['a'],
      planned: ['arm64 native@b'],
    })
  })

  test('one lost after the other: each time only what is still undone', async () => {
    const losses = [
      ['a', ['1', '2']],
      ['b', ['3']],
      ['c', ['4', '5']],
    ] as const
    expect(await move({ hosts, losses })).toEqual({
      rounds: ['arm64 native@b: 3 4 5 6', 'arm64 native@c: 4 5 6'],
      lost: ['a', 'b', 'c'],
      planned: ['arm64 native@b', 'arm64 native@c'],
    })
  })

  test('a host on which the image cannot be had is passed over, and not asked twice', async () => {
    const losses = [
      ['a', []],
      ['c', ['1']],
    ] as const
    expect(await move({ hosts, unready: ['b'], losses })).toEqual({
      rounds: ['arm64 native@c: 1 2 3 4 5 6'],
      lost: ['a', 'c'],
      planned: ['arm64 native@b', 'arm64 native@c'],
    })
  })

  test('one that had finished everything leaves nothing', async () => {
    expect(await move({ hosts, losses: [['a', FILES]] })).toMatchObject({ rounds: [], lost: ['a'] })
  })
})

test('the lane’s other members take the work before a host that was not needed', async () => {
  const hosts = ['ref', 'a', 'b'].map(name => makeHost(name, 'amd64', ['arm64']))
  const one = makeHost('native', 'arm64')
  // Emulated on the first host, natively on the other; natively it is the reference.
  const choice = { execution: 'both' } as const
  const { rounds, planned } = await move({ hosts: [one, ...hosts], choice, losses: [['ref', ['1']]] })
  expect(rounds).toEqual(['arm64 emulated@a: 2 3 4 5 6'])
  expect(planned).toEqual(['arm64 emulated@a'])
})

test('native work is never given to a host that emulates', async () => {
  const hosts = [makeHost('pi', 'arm64'), makeHost('box', 'amd64', ['arm64'])]
  expect(await move({ hosts, losses: [['pi', ['1']]] })).toEqual({ rounds: [], lost: ['pi'], planned: [] })
})

test('where each host runs all suites, nothing is run again on one that has run it', async () => {
  const hosts = ['a', 'b'].map(name => makeHost(name, 'arm64'))
  const choice = { everyHost: true }
  expect(await move({ hosts, choice, losses: [['b', ['1']]] })).toEqual({
    rounds: [],
    lost: ['b'],
    planned: [],
  })
})

test('a run that was interrupted moves nothing', async () => {
  const hosts = ['a', 'b'].map(name => makeHost(name, 'arm64'))
  expect(await move({ hosts, signal: AbortSignal.abort(), losses: [['a', []]] })).toEqual({
    ...{ rounds: [], lost: ['a'], planned: [] },
  })
})
