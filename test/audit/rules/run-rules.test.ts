import { describe, expect, test } from 'vitest'
import { AUDIT_RULES } from '../../../src/audit/rules/index.js'
import type { AuditRule, RuleHit } from '../../../src/audit/rules/rule.js'
import { runRules } from '../../../src/audit/rules/run-rules.js'
import { AUDIT_RULE_IDS } from '../../../src/model/audit.js'
import { makeView } from '../synthetic.js'

const VIEWS = ['linux/amd64', 'linux/arm64', 'linux/s390x'].map(platform => makeView({ platform, files: {} }))
const INPUT = { views: VIEWS, foreignPrograms: [] }
const [AMD64, ARM64, S390X] = ['linux/amd64', 'linux/arm64', 'linux/s390x'] as const

const hit = (platform: string, more: Partial<RuleHit> = {}): RuleHit => ({
  platforms: [platform],
  title: 'title',
  subject: 'subject',
  evidence: [],
  advice: 'advice',
  ...more,
})

const rule = (
  id: string,
  hits: readonly RuleHit[],
  severity: AuditRule['severity'] = 'error',
): AuditRule => ({
  id,
  scope: 'platform',
  severity,
  title: 'Title',
  why: 'Why.',
  check: () => hits,
})

test('there is one rule for each id, in the order of reports', () => {
  expect(AUDIT_RULES.map(({ id }) => id)).toEqual([...AUDIT_RULE_IDS])
  for (const { title, why } of AUDIT_RULES) {
    expect(title).not.toMatch(/\.$/)
    expect(why).toMatch(/\.$/)
  }
})

describe('merging', () => {
  test('one subject on several platforms is one finding, in the order of the image', () => {
    const hits = [
      hit(S390X, { paths: ['/b'], evidence: [{ text: 's' }] }),
      hit(AMD64, { paths: ['/a', '/b'], evidence: [{ text: 'a' }] }),
    ]
    expect(runRules(INPUT, {}, undefined, [rule('x', hits)])).toEqual([
      expect.objectContaining({
        rule: 'x',
        platforms: [AMD64, S390X],
        paths: ['/a', '/b'],
        pathCount: 2,
        evidence: [{ text: 's' }, { text: 'a' }],
      }),
    ])
  })

  test('titles that differ in nothing but the platform’s own words are one', () => {
    const hits = [
      hit(AMD64, { title: '/usr/lib/x86_64-linux-gnu/x lacks libgcc' }),
      hit(ARM64, { title: '/usr/lib/aarch64-linux-gnu/x lacks libgcc' }),
    ]
    const findings = runRules(INPUT, {}, undefined, [rule('x', hits)])
    expect(findings.map(({ platforms, title }) => [platforms, title])).toEqual([
      [[AMD64, ARM64], '/usr/lib/x86_64-linux-gnu/x lacks libgcc'],
    ])
  })

  test.each<[string, Partial<RuleHit>]>([
    ['subjects', { subject: 'other' }],
    ['titles', { title: 'other' }],
    ['severities', { severity: 'note' }],
  ])('other %s are other findings', (_, more) => {
    expect(runRules(INPUT, {}, undefined, [rule('x', [hit(AMD64), hit(ARM64, more)])])).toHaveLength(2)
  })

  test('long lists are cut, evenly between platforms, and counted', () => {
    const many = (platform: string) =>
      hit(platform, {
        paths: Array.from({ length: 40 }, (_, index) => `/${platform}/${String(index).padStart(2, '0')}`),
        evidence: Array.from({ length: 40 }, () => ({ platform, text: '' })),
      })
    const [finding] = runRules(INPUT, {}, undefined, [rule('x', [many(AMD64), many(ARM64)])])
    expect(finding?.paths).toHaveLength(50)
    expect(finding?.pathCount).toBe(80)
    expect(finding?.evidence).toHaveLength(20)
    expect(finding?.evidence.filter(({ platform }) => platform === ARM64)).toHaveLength(10)
  })
})

describe('keys', () => {
  const keys = (hits: readonly RuleHit[]) =>
    runRules(INPUT, {}, undefined, [rule('x', hits)]).map(({ key }) => key)

  test('depend on rule, platforms and subject, and on nothing else', () => {
    const [key] = keys([hit(AMD64)])
    expect(key).toMatch(/^x:linux\/amd64:[0-9a-f]{12}$/)
    expect(keys([hit(AMD64, { title: 'other', paths: ['/a'], severity: 'note' })])).toEqual([key])
    expect(keys([hit(ARM64)])).not.toEqual([key])
    expect(keys([hit(AMD64, { subject: 'other' })])).not.toEqual([key])
  })

  test('are never the same twice', () => {
    const found = keys([hit(AMD64), hit(AMD64, { title: 'other' }), hit(AMD64, { severity: 'note' })])
    expect(new Set(found).size).toBe(3)
  })
})

test('findings come by severity, rule, platform and path', () => {
  const rules = [
    rule('first', [
      hit(ARM64, { title: 'arm64' }),
      hit(AMD64, { title: 'b', paths: ['/b'] }),
      hit(AMD64, { title: 'a', paths: ['/a'] }),
      hit(AMD64, { title: 'note', severity: 'note' }),
    ]),
    rule('second', [hit(AMD64, { title: 'warning', severity: 'warning' }), hit(AMD64, { title: 'error' })]),
  ]
  expect(runRules(INPUT, {}, undefined, rules).map(({ title }) => title)).toEqual([
    'a',
    'b',
    'arm64',
    'error',
    'warning',
    'note',
  ])
})

describe('levels', () => {
  const rules = [
    rule('x', [hit(AMD64), hit(ARM64, { severity: 'note', title: 'other' })]),
    rule('y', [hit(AMD64)]),
  ]
  const run = (...[levels, only]: Parameters<typeof runRules> extends [unknown, ...infer R] ? R : never) =>
    runRules(INPUT, levels, only, rules).map(({ rule, severity }) => `${rule} ${severity}`)

  test('change what hits weigh, but for notes', () => {
    expect(run({ x: 'warning' })).toEqual(['y error', 'x warning', 'x note'])
  })
  test('leave rules out', () => {
    expect(run({ x: 'off' })).toEqual(['y error'])
    expect(run({}, ['y'])).toEqual(['y error'])
    expect(run({ y: 'off' }, ['y'])).toEqual([])
  })
})

test('a rule that fails is an error with its name, not silence', () => {
  const broken: AuditRule = {
    ...rule('broken', []),
    check: () => {
      throw new RangeError('out of range')
    },
  }
  expect(() => runRules(INPUT, {}, undefined, [broken])).toThrow(
    expect.objectContaining({ code: 'INTERNAL', message: expect.stringMatching(/broken.*out of range/) }),
  )
})

test('platforms that no view stands for come after those that one does', () => {
  const [finding] = runRules(INPUT, {}, undefined, [rule('x', [hit('linux/riscv64'), hit(AMD64)])])
  expect(finding?.platforms).toEqual([AMD64, 'linux/riscv64'])
})
