import { describe, expect, test } from 'vitest'
import { renderMarkdown } from '../../../src/report/markdown/render-markdown.js'
import { buildRunReport } from '../../../src/report/run-report.js'
import { command, LogWriter, SIX } from '../factory.js'
import { writeFaultyRun, writeHealthyRun, writeHostileRun, writeRemoteRun } from '../scenarios.js'

test('a run without a fault is three lines', () => {
  const lines = renderMarkdown(buildRunReport(writeHealthyRun())).trim().split('\n\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toBe('## ✅ `localhost:5000/lab/clock:latest`')
  expect(lines[1]).toMatch(/^Parity: 10 checks behave the same on 6 platforms/)
  expect(lines[2]).toMatch(/^index `sha256:[0-9a-f]{64}` · 10 checks × 6 targets · 41\.2 s$/)
  expect(lines[3]).toBe('10 of 10 checks passed everywhere.')
})

test('a run with faults has each finding with its diff, and the checks that are not quiet', () => {
  const text = renderMarkdown(buildRunReport(writeFaultyRun()))
  expect(text).toMatch(/^## ❌ /)
  expect(text).toContain('- app 1.0\n+ app 0.9')
  expect(text).toMatch(/\n\| `prints its version` \| ✓ \| ✓ \| ✓ \| ✓ \| ✓ \| ≠ \|\n/)
  expect(text).toMatch(/<details><summary>Reproduce on linux\/arm64<\/summary>\n\n```sh\ndocker run /)
  expect(text).not.toContain('quiet check 1`')
})

test('what an emulated test run would have shipped says so', () => {
  expect(renderMarkdown(buildRunReport(writeRemoteRun()))).toContain(
    '**an emulated test run would have shipped it**',
  )
})

describe('what an image says', () => {
  const text = renderMarkdown(buildRunReport(writeHostileRun()))

  test('is nowhere markup', () => {
    // Outside of code, which markup cannot leave.
    const bare = text
      .replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, '')
      .replace(/(`+)[^`][\s\S]*?[^`]?\1(?!`)/g, '')
    expect(bare.replace(/<\/?(?:details|summary)>/g, '')).not.toMatch(/<[a-z/!]/i)
    expect(bare).not.toMatch(/\]\(|javascript:|@[a-z]/)
  })

  test('keeps no control characters', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u200e\u202e]/)
  })
})

test('it stays below what GitHub takes, and counts what does not fit', () => {
  const log = new LogWriter(SIX)
  for (let number = 1; number <= 400; number += 1)
    log.check(`check ${number} ${'x'.repeat(60)}`, platform => ({
      observations: [
        command(`app ${number}`, {
          stdout: `${platform === 'linux/s390x' ? 'y' : 'z'}${'y'.repeat(300)} ${number}\n`,
        }),
      ],
    }))
  const text = renderMarkdown(buildRunReport(log.finish()))
  expect(text.length).toBeLessThan(65_536)
  expect(text).toMatch(/and \d+ more findings? in the other reports/)
})
