import { readFileSync } from 'node:fs'
import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { AuditFinding, AuditSummary } from '../../src/model/audit.js'
import { type AuditReport, hasFaults, renderAuditJson } from '../../src/report/audit/audit-report.js'
import { renderAudit } from '../../src/report/audit/render-audit.js'
import { makeDigest, makeImage, readPlatform } from './factory.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v7']

const summarize = (platform: string): AuditSummary => ({
  platform,
  digest: makeDigest(platform),
  layers: 2,
  files: 4321,
  bytes: 123_456_789,
  elfFiles: 654,
  packages: { dpkg: 91, python: 3 },
  libc: 'glibc',
})

const FOREIGN: AuditFinding = {
  key: 'foreign-elf:linux/arm64:1',
  rule: 'foreign-elf',
  severity: 'error',
  title: 'linux/arm64 holds 7 programs for amd64',
  platforms: ['linux/arm64'],
  paths: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => `/usr/bin/${name}`),
  pathCount: 7,
  evidence: [{ platform: 'linux/arm64', path: '/usr/bin/a', text: '/usr/bin/a is x86-64, 64 bits' }],
  advice: 'Build them for linux/arm64.',
}

const SKEW: AuditFinding = {
  key: 'package-version:linux/arm/v7:1',
  rule: 'package-version',
  severity: 'warning',
  title: 'linux/arm/v7 has other versions of 2 packages',
  platforms: ['linux/amd64', 'linux/arm/v7'],
  paths: [],
  pathCount: 0,
  evidence: [{ platform: 'linux/arm/v7', text: 'zlib1g 1.2 instead of 1.3' }],
  advice: 'Build all platforms from the same package lists.',
}

const NOTE: AuditFinding = {
  ...SKEW,
  key: 'n',
  rule: 'layers-differ',
  severity: 'note',
  platforms: PLATFORMS,
}

const report = (findings: readonly AuditFinding[]): AuditReport => ({
  image: makeImage(PLATFORMS.map(readPlatform)),
  summaries: PLATFORMS.map(summarize),
  findings,
  layers: { read: 4, cached: 2 },
  durationMs: 1234,
})

const render = (findings: readonly AuditFinding[], width = 100) =>
  renderAudit(report(findings), { width, colors: pc.createColors(false) })

describe('renderAudit', () => {
  test('shows what was read, what was found and the answer', async () => {
    await expect(render([FOREIGN, SKEW, NOTE])).toMatchFileSnapshot('fixtures/audit.txt')
  })

  test('a healthy image has one line that says so', () => {
    expect(render([])).toContain('\nNothing found that speaks against parity.\n')
  })

  test('many notes of a rule are one line', () => {
    const text = render([NOTE, { ...NOTE, key: 'n2' }, { ...NOTE, key: 'n3', rule: 'missing-library' }])
    expect(text.match(/^note, /gm)).toHaveLength(2)
    expect(text).toMatch(/^note, layers-differ: .*\(and 1 more/m)
    expect(text).not.toMatch(/^\d\. /m)
  })

  test('platforms that were not read are told', () => {
    const image = makeImage([...PLATFORMS, 'linux/s390x', 'windows/amd64'].map(readPlatform))
    const text = renderAudit({ ...report([]), image }, { width: 100, colors: pc.createColors(false) })
    expect(text).toContain('\nLeft out on request: linux/s390x\n')
    expect(text).toContain('\nNot read, since it is not Linux: windows/amd64\n')
  })

  test('notes are counted and break nothing', () => {
    expect(render([NOTE])).toContain('\nNothing found that speaks against parity (1 note).\n')
    expect(hasFaults([NOTE])).toBe(false)
    expect(hasFaults([SKEW])).toBe(true)
  })

  test('what an image says never reaches the terminal as an order', () => {
    const hostile = '\u001b[2Jx\u0007\nsecond line\u202e'
    const text = render([
      { ...FOREIGN, title: hostile, paths: [hostile], evidence: [{ text: hostile }], advice: hostile },
    ])
    expect(text).toContain('\\x1b[2Jx')
    for (const forbidden of ['\u001b', '\u0007', '\u202e', '\nsecond']) expect(text).not.toContain(forbidden)
  })

  test('no line is wider than the terminal but those that cannot be broken', () => {
    const lines = render([FOREIGN, SKEW], 80).split('\n')
    const wide = lines.filter(
      line => line.length > 80 && !line.startsWith('linux/') && !line.startsWith('PLATFORM'),
    )
    expect(wide).toEqual([])
  })
})

describe('renderAuditJson', () => {
  const schema = z.fromJSONSchema(
    JSON.parse(readFileSync(new URL('../../docs/schema/audit.schema.json', import.meta.url), 'utf8')),
  )

  test.each([
    ['healthy', []],
    ['faulty', [FOREIGN, SKEW, NOTE]],
  ])('of a %s image is as the documented schema says', (_, findings) => {
    const result = schema.safeParse(JSON.parse(renderAuditJson(report(findings))))
    expect(result.error?.issues ?? []).toEqual([])
  })

  test('the schema is no open door', () => {
    const document = JSON.parse(renderAuditJson(report([FOREIGN])))
    for (const spoil of [{ extra: 1 }, { version: 2 }, { findings: [{ ...FOREIGN, severity: 'loud' }] }]) {
      expect(schema.safeParse({ ...document, ...spoil }).success).toBe(false)
    }
  })
})
