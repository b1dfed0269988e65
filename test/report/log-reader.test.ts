import { describe, expect, test } from 'vitest'
import { parseEventLog } from '../../src/report/log-reader.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { writeFaultyRun } from './scenarios.js'

const EVENTS = writeFaultyRun()
const TEXT = `${EVENTS.map(event => JSON.stringify(event)).join('\n')}\n`

describe('parseEventLog', () => {
  test('reads back what was written', () => {
    expect(parseEventLog(TEXT)).toEqual({ events: EVENTS, damage: [] })
  })

  test('a log cut at any byte keeps its whole lines and still reports', () => {
    for (const length of [200, 1000, 5000, 20_000, TEXT.length - 1, TEXT.length - 2]) {
      const cut = TEXT.slice(0, length)
      const whole = cut
        .split('\n')
        .filter(line => EVENTS.some(event => JSON.stringify(event) === line)).length
      if (whole === 0) continue
      const { events, damage } = parseEventLog(cut)
      expect(events).toEqual(EVENTS.slice(0, whole))
      expect(damage.length).toBe(cut.endsWith('\n') || whole === cut.split('\n').length ? 0 : 1)
      expect(buildRunReport(events, damage).verdict.outcome).not.toBe('parity')
    }
  })

  test('names the line and the reason of what it left out', () => {
    const torn = `${TEXT}{"type":"later-invention","at":"x"}\n[1]\n{"type":"observation"}\n{"type":"run-fin`
    const { events, damage } = parseEventLog(torn)
    expect(events).toEqual(EVENTS)
    const first = EVENTS.length + 1
    expect(damage).toEqual([
      `line ${first}: unknown event type "later-invention"`,
      `line ${first + 1}: not an object`,
      `line ${first + 2}: event observation without a valid target`,
      `line ${first + 3}: not JSON (the last line: the run was cut off while writing it)`,
    ])
  })

  test('refuses a newer format and a file that is no log', () => {
    const newer = JSON.stringify({ ...EVENTS[0], version: 2 })
    expect(() => parseEventLog(newer)).toThrow(expect.objectContaining({ code: 'LOG_INVALID' }))
    expect(() => parseEventLog('<html></html>')).toThrow(expect.objectContaining({ code: 'LOG_INVALID' }))
    expect(parseEventLog('')).toEqual({ events: [], damage: [] })
  })
})
