import { describe, expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/model/events.js'
import { buildRunReport } from '../../src/report/run-report.js'
import { createRandom } from '../compare/random.js'
import { type Behaviour, command, LogWriter } from './factory.js'

const CHECKS = ['one', 'two', 'three', 'four']

/** Two hosts share linux/arm64; one or both of them are lost at some moment, and anything may have happened before. */
function writeLosses(seed: number): LoggedEvent[] {
  const random = createRandom(seed)
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
    unplanned: true,
    hosts: ['local', 'pi1', 'pi2'],
    noise: random.next() < 0.5,
  })
  log.target('linux/amd64')
  for (const host of ['pi1', 'pi2']) log.target('linux/arm64', { execution: 'native', host })
  if (random.next() < 0.5) log.target('linux/arm64')
  const passes = { observations: [command('app')] }
  const behaviours: readonly Behaviour[] = [
    ...Array.from({ length: 9 }, () => passes),
    { status: 'failed', observations: [command('app', { exitCode: 255 })] },
    { status: 'errored', errors: [{ kind: 'infrastructure', code: 'ENGINE_LOST', message: 'gone' }] },
    { unfinished: true, observations: [command('app')] },
    { absent: true },
    { absent: true },
  ]
  for (const name of CHECKS)
    log.check(name, (_, { host }) => (host === 'local' ? passes : random.pick(behaviours)))
  for (const host of random.next() < 0.3 ? ['pi1', 'pi2'] : ['pi1']) {
    const at = random.pick(log.events).at
    log.add({
      type: 'host-lost',
      host,
      message: 'connection reset',
      ...(random.next() < 0.8 ? { lastSeenAt: at } : {}),
    })
  }
  return log.finish()
}

/** What can be believed of each check on the two hosts, by host. */
function listTrusted(events: readonly LoggedEvent[], name: string): ReadonlyMap<string, 'passed' | 'failed'> {
  const trusted = new Map<string, 'passed' | 'failed'>()
  for (const event of events) {
    if (event.type !== 'check-finished' || event.pass !== 'main' || event.check.name !== name) continue
    const host = event.target.split('@')[1] ?? ''
    if (!host.startsWith('pi') || (event.status !== 'passed' && event.status !== 'failed')) continue
    const loss = events.find(one => one.type === 'host-lost' && one.host === host)
    const seen = loss?.type === 'host-lost' ? loss.lastSeenAt : undefined
    if (event.status === 'failed' && seen !== undefined && event.at > seen) continue
    trusted.set(host, event.status)
  }
  return trusted
}

describe('a lost host, whatever happened on it', () => {
  const runs = Array.from({ length: 150 }, (_, index) => [index + 1, writeLosses(index + 1)] as const)

  test('is never a pass: what nobody decided makes the run incomplete', () => {
    const outcomes = new Set<string>()
    for (const [seed, events] of runs) {
      const { verdict } = buildRunReport(events)
      const isOpen = CHECKS.some(name => listTrusted(events, name).size === 0)
      outcomes.add(`${isOpen} ${verdict.outcome}`)
      if (isOpen)
        expect(
          verdict.reasons.map(one => one.outcome),
          `${seed}`,
        ).toContain('incomplete')
      else expect(verdict.counts.inconclusive, `${seed}`).toBe(0)
    }
    // The runs are of all kinds, or the test says nothing.
    expect([...outcomes].sort()).toEqual(
      expect.arrayContaining(['false parity', 'false failed', 'true failed', 'true incomplete']),
    )
  })

  test('is never the image’s failure: only what it could still say is blamed on anything', () => {
    for (const [seed, events] of runs) {
      const { record, findings } = buildRunReport(events)
      for (const { check, results } of record.checks) {
        const trusted = listTrusted(events, check.name)
        for (const [id, { status }] of results) {
          const host = id.split('@')[1] ?? ''
          if (host.startsWith('pi') && status === 'failed')
            expect(trusted.get(host), `${seed} ${check.name}`).toBe('failed')
        }
        const isBlamed = findings.some(
          one => (one.kind === 'failure' || one.kind === 'difference') && one.checks.includes(check.id),
        )
        expect(isBlamed, `${seed} ${check.name}`).toBe([...trusted.values()].includes('failed'))
      }
      expect(findings.some(one => one.title === 'host pi1 was lost during the run')).toBe(true)
    }
  })

  test('leaves one answer for each check: no check is open on one host that another decided', () => {
    for (const [seed, events] of runs) {
      for (const { check, results } of buildRunReport(events).record.checks) {
        const trusted = listTrusted(events, check.name)
        if (trusted.size === 0) continue
        for (const [id, { status }] of results)
          if (id.endsWith('@pi1') && !trusted.has('pi1'))
            expect(status, `${seed} ${check.name}`).toBe('skipped')
      }
    }
  })
})
