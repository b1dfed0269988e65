import { expect, test } from 'vitest'
import { ArchparityError } from '../../src/errors.js'
import { describeLoss } from '../../src/run/describe-loss.js'
import { LogWriter } from '../report/factory.js'

const target = new LogWriter([], { hosts: ['pi'] }).target('linux/arm64', { host: 'pi' })

test('names the host, and keeps the code and the way out of a known error', () => {
  const error = new ArchparityError('PULL_UNPROVEN', 'it is another image', { hint: 'Remove it.' })
  expect(describeLoss(target, error, 'linux/arm64 (mac)')).toMatchObject({
    ...{ platform: 'linux/arm64', target: target.id, coveredBy: 'linux/arm64 (mac)', intended: false },
    ...{ code: 'pull-unproven', reason: 'Host pi: it is another image', fix: 'Remove it.' },
  })
})

test.each([
  new ArchparityError('PULL_FAILED', 'Pulling x failed: write /a: no space left on device', { hint: 'Try.' }),
  new Error('(HTTP code 500) server error - mkdir /a: no space left on device'),
])('a full disk is told first, whatever the engine was asked for: $message', error => {
  const { code, reason, fix } = describeLoss(target, error)
  expect(code).toBe('pull-failed')
  expect(reason).toBe(`Host pi: its disk is full: ${error.message}`)
  expect(fix).toMatch(/disk is full.*docker system df/)
})
