import { readEntries, readItems, requireText, type SuiteValue } from '../suite-value.js'
import type { Entries } from './check-kind.js'
import { readDifferences } from './read-differences.js'
import { readPlatforms } from './read-platforms.js'
import { readTime } from './read-time.js'
import type { OwnKeys, Skip } from './structure-suite.js'

/** Keys that every test may have beyond that tool's schema; `perPlatform` is read with the test itself. */
export const OWN_KEYS = ['skip', 'timeout', 'differences', 'perPlatform'] as const

/** Reads them: `skip` is a reason, or a list of `{ platforms, reason }`; `timeout` is a number with ms, s, m or h. */
export function readOwnKeys(entries: Entries): OwnKeys {
  const skip = entries.get('skip')
  const timeout = entries.get('timeout')
  const differences = entries.get('differences')
  return {
    ...(skip === undefined ? {} : { skip: readSkips(skip) }),
    ...(timeout === undefined ? {} : { timeoutMs: readTime(timeout) }),
    ...(differences === undefined ? {} : { differences: readDifferences(differences) }),
  }
}

function readSkips(value: SuiteValue): Skip[] {
  const isText = typeof (value.node as { value?: unknown } | null)?.value === 'string'
  if (isText) return [{ platforms: [], reason: requireText(value, value, 'reason') }]
  return readItems(value).map(each => {
    const entries = readEntries(each, ['platforms', 'reason'])
    const platforms = readPlatforms(entries.get('platforms'), each)
    return { platforms, reason: requireText(entries.get('reason'), each, 'reason') }
  })
}
