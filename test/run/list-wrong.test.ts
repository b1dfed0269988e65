import { expect, test } from 'vitest'
import { buildRunRecord } from '../../src/compare/run-record.js'
import { listWrong } from '../../src/run/list-wrong.js'
import { type Behaviour, command, LogWriter } from '../report/factory.js'

const BAD: Behaviour = { status: 'failed', observations: [command('app', { exitCode: 1 })] }
const GOOD: Behaviour = { observations: [command('app', { exitCode: 0 })] }
const OTHER: Behaviour = { observations: [command('app', { exitCode: 0, stdout: 'other\n' })] }

/** The reference linux/amd64 here, linux/arm64 natively on another machine; how a check of file `NAME` goes on each. */
function list(checks: Readonly<Record<string, [Behaviour, Behaviour]>>, emulatedToo = false) {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], { unplanned: true, hosts: ['local', 'pi'] })
  log.target('linux/amd64')
  const { digest } = log.target('linux/arm64', { execution: 'native', host: 'pi' })
  if (emulatedToo) log.target('linux/arm64')
  for (const [file, [here, there]] of Object.entries(checks))
    log.check(`in ${file}`, platform => (platform === 'linux/amd64' ? here : there), { file })
  return { digest, wrong: listWrong(buildRunRecord(log.finish())) }
}

test('files with a failure or another value, each once and sorted', () => {
  const { digest, wrong } = list({ z: [GOOD, BAD], good: [GOOD, GOOD], a: [GOOD, OTHER] })
  expect([...wrong]).toEqual([[digest, ['a', 'z']]])
})

test('nothing where all is well', () => {
  expect(list({ a: [GOOD, GOOD] }).wrong.size).toBe(0)
})

test('not what is broken everywhere, and not the reference', () => {
  expect(list({ a: [BAD, BAD], b: [BAD, GOOD] }).wrong.size).toBe(0)
})

test('not what was emulated already', () => {
  expect(list({ a: [GOOD, BAD] }, true).wrong.size).toBe(0)
})
