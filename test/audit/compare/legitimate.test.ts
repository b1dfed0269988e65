import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LEGITIMATE, type LegitimateReason } from '../../../src/audit/compare/legitimate.js'
import { AUDIT_RULES } from '../../../src/audit/rules/index.js'
import { makeInput, type SyntheticFile, type SyntheticPlatform, TRIPLETS } from './synthetic-image.js'

const FILE_RULES = AUDIT_RULES.filter(rule =>
  ['file-missing', 'content-differs', 'mode-differs'].includes(rule.id),
)

type Change = (platforms: Record<string, SyntheticPlatform>) => void

const arm64 =
  (change: (platform: SyntheticPlatform) => void): Change =>
  platforms => {
    const platform = platforms['linux/arm64']
    if (platform !== undefined) change(platform)
  }

const everywhere =
  (path: string, make: (label: string) => SyntheticFile): Change =>
  platforms => {
    for (const [label, platform] of Object.entries(platforms)) platform.files[path] = make(label)
  }

/** For each reason a difference that it alone explains. */
const CASES: Readonly<Record<string, Change>> = {
  'by-product': arm64(platform => {
    platform.files['var/cache/x'] = { text: 'x' }
  }),
  'library-folder': arm64(platform => {
    platform.files['usr/lib64'] = { link: 'lib' }
  }),
  'c-library': arm64(platform => {
    platform.files[`usr/lib/${TRIPLETS['linux/arm64']}/libmvec.so.1`] = { text: 'vectors' }
  }),
  'empty-platform-folder': arm64(platform => {
    platform.files[`usr/lib/${TRIPLETS['linux/arm64']}/plugins`] = { directory: true }
  }),
  // Healthy platforms have files of a package that differ by its packager's decision.
  packaging: () => {},
  'package-differs': arm64(platform => {
    platform.packages = platform.packages.filter(one => one.name !== 'data')
    for (const path of ['usr/share/data', 'usr/share/data/table', 'etc/data.conf'])
      delete platform.files[path]
  }),
  // Healthy platforms have machine-ids of their own.
  'per-build': () => {},
  'build-output': everywhere('opt/app/Makefile', label => ({
    text: `LABEL = ${label.length} ${label.at(-1)}`,
  })),
  'package-sources': everywhere('etc/apt/sources.list', label => ({
    text: `deb http://${label === 'linux/amd64' ? 'archive' : 'ports'}.example.org stable main`,
  })),
}

function find(change: Change, leftOut?: LegitimateReason): number {
  const list = LEGITIMATE as LegitimateReason[]
  const at = leftOut === undefined ? -1 : list.indexOf(leftOut)
  if (leftOut !== undefined) list.splice(at, 1)
  try {
    const input = makeInput(change)
    return FILE_RULES.flatMap(rule => rule.check(input)).length
  } finally {
    if (leftOut !== undefined) list.splice(at, 0, leftOut)
  }
}

test.each(LEGITIMATE.map(reason => [reason.id, reason] as const))(
  'the reason %s explains what is a finding without it',
  (id, reason) => {
    const change = CASES[id]
    if (change === undefined) throw new Error(`${id} has no case`)
    expect(find(change)).toBe(0)
    expect(find(change, reason)).toBeGreaterThan(0)
  },
)

test('what only looks like a part of the C library is found', () => {
  for (const path of ['opt/app/libmvec.so.1', 'usr/lib/libmvector.so.1', 'usr/lib/gconv/UTF-32.so']) {
    const change = arm64(platform => {
      platform.files[path] = { text: 'x' }
    })
    expect(find(change), path).toBe(1)
  }
})

test('every reason is in the documentation, word for word', () => {
  const page = readFileSync('docs/audit-rules.md', 'utf8')
  for (const { id, description } of LEGITIMATE) expect(page).toContain(`| \`${id}\` | ${description} |`)
})
