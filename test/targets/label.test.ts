import { describe, expect, test } from 'vitest'
import type { Target } from '../../src/model/target.js'
import { nameTargets, type Unnamed } from '../../src/targets/label.js'
import { createRandom } from '../compare/random.js'

const DIGESTS = ['a', 'b'].map(each => `sha256:${each.repeat(64)}` as const)

/** A target by its words: platform, `native`, `emulated` or a CPU model, host, and which digest. */
function make(architecture: string, way: string, host: string, digest = 0): Unnamed {
  const execution = way === 'native' ? 'native' : 'emulated'
  const cpu = way === 'native' || way === 'emulated' ? {} : { cpu: way }
  return {
    platform: { os: 'linux', architecture },
    digest: DIGESTS[digest] as Unnamed['digest'],
    ...{ host, execution, reference: false, reason: '' },
    ...(execution === 'native' ? {} : { emulator: { name: 'qemu', ...cpu } }),
  }
}

const label = (targets: readonly Unnamed[], others: readonly Target[] = []) =>
  nameTargets(targets, others).map(target => target.label.replace(/^linux\//, ''))

describe('a label has the fewest words that tell it from others of its platform', () => {
  test.each<[string, Unnamed[], string[]]>([
    ['none', [make('arm64', 'native', 'a'), make('amd64', 'native', 'a')], ['arm64', 'amd64']],
    ['the host', [make('arm64', 'native', 'a'), make('arm64', 'native', 'b')], ['arm64 (a)', 'arm64 (b)']],
    [
      'the host, emulated',
      [make('arm64', 'emulated', 'a'), make('arm64', 'emulated', 'b')],
      ['arm64 (a)', 'arm64 (b)'],
    ],
    [
      'the execution, on two hosts or on one',
      [make('arm64', 'native', 'a'), make('arm64', 'emulated', 'b')],
      ['arm64 (native)', 'arm64 (emulated)'],
    ],
    [
      'the CPU model',
      [make('arm64', 'native', 'a'), make('arm64', 'emulated', 'b'), make('arm64', 'cortex-a72', 'b')],
      ['arm64 (native)', 'arm64 (emulated)', 'arm64 (cortex-a72)'],
    ],
    [
      'host and execution',
      [
        make('arm64', 'native', 'a'),
        ...[make('arm64', 'native', 'b'), make('arm64', 'emulated', 'c'), make('arm64', 'emulated', 'd')],
      ],
      ['arm64 (a)', 'arm64 (b)', 'arm64 (emulated, c)', 'arm64 (emulated, d)'],
    ],
    [
      'the digest',
      [make('arm64', 'native', 'a', 0), make('arm64', 'native', 'a', 1)],
      ['arm64 (sha256:aaaaaaaaaaaa)', 'arm64 (sha256:bbbbbbbbbbbb)'],
    ],
    [
      'digest and host',
      [make('arm64', 'native', 'a', 0), make('arm64', 'native', 'b', 0), make('arm64', 'native', 'a', 1)],
      ['arm64 (sha256:aaaaaaaaaaaa, a)', 'arm64 (sha256:aaaaaaaaaaaa, b)', 'arm64 (sha256:bbbbbbbbbbbb)'],
    ],
    [
      'all of them, where a host is called like an execution or a CPU',
      [
        ...[make('arm64', 'native', 'emulated'), make('arm64', 'native', 'max')],
        ...[make('arm64', 'emulated', 'x'), make('arm64', 'max', 'x')],
      ],
      ['arm64 (native, emulated)', 'arm64 (native, max)', 'arm64 (emulated, x)', 'arm64 (emulated max, x)'],
    ],
  ])('%s', (_, targets, labels) => {
    expect(label(targets)).toEqual(labels)
  })

  test('targets that came before keep theirs, and a later one is told from them', () => {
    const first = nameTargets([make('arm64', 'native', 'a')])
    expect(label([make('arm64', 'emulated', 'a')], first)).toEqual(['arm64 (emulated)'])
    expect(label([make('arm64', 'native', 'b')], first)).toEqual(['arm64 (b)'])
    expect(label([make('arm64', 'native', 'a')], first)).toEqual(['arm64 (a)'])
  })
})

test('an id says everything, and is the same in every run', () => {
  const targets = [make('arm64', 'native', 'a'), make('arm64', 'emulated', 'b'), make('arm64', 'max', 'b')]
  const ids = ['linux/arm64 native@a', 'linux/arm64 emulated@b', 'linux/arm64 emulated max@b']
  expect(nameTargets(targets).map(target => target.id)).toEqual(ids)
  for (const [index, target] of targets.entries())
    expect(nameTargets([target]).map(each => each.id)).toEqual([ids[index]])
})

test('ids and labels are unique for any targets, in whatever steps they are named', () => {
  const random = createRandom(20)
  const ways = ['native', 'emulated', 'max', 'cortex-a72', 'a']
  const hosts = ['a', 'b', 'native', 'emulated', 'max', 'emulated, a', 'a #2']
  for (let round = 0; round < 500; round++) {
    let named: Target[] = []
    for (let step = 0; step < 1 + random.integer(3); step++) {
      const targets = Array.from({ length: 1 + random.integer(6) }, () =>
        make(random.pick(['arm64', 'amd64']), random.pick(ways), random.pick(hosts), random.integer(2)),
      )
      const added = nameTargets(targets, named)
      expect(added.map(({ id: _, label: __, ...rest }) => rest)).toEqual(targets)
      named = [...named, ...added]
    }
    const shown = JSON.stringify(named.map(({ id, label }) => [id, label]))
    expect(new Set(named.map(target => target.id)).size, shown).toBe(named.length)
    expect(new Set(named.map(target => target.label)).size, shown).toBe(named.length)
  }
})
