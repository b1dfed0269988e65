import { describe, expect, test } from 'vitest'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { NormalizeSetting } from '../../src/model/declared.js'
import type { Observation } from '../../src/model/observation.js'
import { command, LogWriter } from '../report/factory.js'

function compare(normalize: NormalizeSetting[], see: (platform: string) => Observation) {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], { comparison: { normalize } })
  log.check('one', platform => ({ observations: [see(platform)] }))
  return compareRun(buildRunRecord(log.finish()))
}
const build = (platform: string) =>
  command('app', { stdout: `Build ID ${platform === 'linux/arm64' ? 'ab12' : 'cd34'} of app\n` })
const rule: NormalizeSetting = { name: 'build-ids', pattern: 'build id (\\w+)', flags: 'i', replace: 'ID' }

test('a rule of the user replaces in what is compared, and is told like the others', () => {
  const { checks, rules } = compare([rule], build)
  expect(checks[0]?.differences).toEqual([])
  expect(rules).toContainEqual({
    name: 'build-ids',
    description: 'Set by you: /build id (\\w+)/i becomes "ID".',
    lines: 2,
  })
})

test('groups of the pattern can be kept', () => {
  const kept = compare([{ ...rule, replace: 'build $1' }], build)
  expect(kept.checks[0]?.differences).toHaveLength(1)
})

test('it comes after the built-in rules', () => {
  const see = (platform: string) =>
    command('app', { stdout: platform === 'linux/arm64' ? 'for aarch64 v2' : 'for x86_64 v1' })
  const own = { name: 'own', pattern: '‹arch› v\\d', replace: '' }
  expect(compare([own], see).checks[0]?.differences).toEqual([])
})

describe('it applies only where it is meant to', () => {
  test.each<[string, Partial<NormalizeSetting>, number]>([
    ['its field', { fields: ['stdout'] }, 0],
    ['another field', { fields: ['stderr', 'body'] }, 1],
    ['its check', { checks: ['nothing', '> one$'] }, 0],
    ['another check', { checks: ['two'] }, 1],
    ['the same letters in another case', { flags: '' }, 1],
  ])('%s', (_, more, differences) => {
    expect(compare([{ ...rule, ...more }], build).checks[0]?.differences).toHaveLength(differences)
  })
})

test('exit codes are never normalised', () => {
  const see = (platform: string) => command('app', { exitCode: platform === 'linux/arm64' ? 1 : 0 })
  expect(compare([{ name: 'all', pattern: '.+', replace: '' }], see).checks[0]?.differences).toHaveLength(1)
})

test('a pattern that backtracking engines hang on ends', () => {
  const see = (platform: string) => command('app', { stdout: `${'a'.repeat(50_000)}${platform.length}` })
  const { checks } = compare([{ name: 'evil', pattern: '(a+)+$', replace: '' }], see)
  expect(checks[0]?.differences).toEqual([])
})
