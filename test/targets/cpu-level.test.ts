import { expect, test } from 'vitest'
import { findMissingLevel } from '../../src/targets/cpu-level.js'

const V2 = ['cx16', 'popcnt', 'sse4_2', 'ssse3']
const V3 = [...V2, 'avx2', 'bmi1', 'bmi2', 'fma', 'movbe']
const platform = (architecture: string, variant?: string) => ({
  os: 'linux',
  architecture,
  ...(variant === undefined ? {} : { variant }),
})

test.each<[string, ReturnType<typeof platform>, string[] | undefined, string | undefined]>([
  ['a CPU of that level', platform('amd64', 'v3'), V3, undefined],
  ['a CPU of a higher level', platform('amd64', 'v2'), V3, undefined],
  ['a CPU below it', platform('amd64', 'v4'), V3, 'x86-64-v4: it lacks avx512f, avx512bw'],
  ['a CPU that lacks what a lower level asks for', platform('amd64', 'v3'), V3.slice(1), 'it lacks cx16'],
  ['a CPU without any', platform('amd64', 'v2'), [], 'it lacks cx16, popcnt, sse4_2, ssse3'],
  ['a CPU that is not known', platform('amd64', 'v4'), undefined, undefined],
  ['no level', platform('amd64'), [], undefined],
  ['a level that nobody knows', platform('amd64', 'v99'), [], undefined],
  ['a level named like a part of JavaScript', platform('amd64', 'constructor'), [], undefined],
  ['another architecture’s variant', platform('arm', 'v2'), [], undefined],
])('%s', (_, asked, features, words) => {
  const missing = findMissingLevel(asked, features)
  if (words === undefined) expect(missing).toBeUndefined()
  else expect(missing).toContain(words)
})
