import { parsePlatform } from '../../model/platform.js'
import {
  readEntries,
  readItems,
  readText,
  rejectValue,
  requireText,
  type SuiteValue,
} from '../suite-value.js'
import type { OwnKeys, Skip } from './structure-suite.js'

/** Keys that every test may have beyond that tool's schema. */
export const OWN_KEYS = ['skip', 'timeout'] as const

/** Reads them: `skip` is a reason, or a list of `{ platforms, reason }`; `timeout` is a number with ms, s, m or h. */
export function readOwnKeys(entries: ReadonlyMap<string, SuiteValue>): OwnKeys {
  const skip = entries.get('skip')
  const timeout = entries.get('timeout')
  return {
    ...(skip === undefined ? {} : { skip: readSkips(skip) }),
    ...(timeout === undefined ? {} : { timeoutMs: readTime(timeout) }),
  }
}

function readSkips(value: SuiteValue): Skip[] {
  const isText = typeof (value.node as { value?: unknown } | null)?.value === 'string'
  if (isText) return [{ platforms: [], reason: requireText(value, value, 'reason') }]
  return readItems(value).map(each => {
    const entries = readEntries(each, ['platforms', 'reason'])
    const platforms = readItems(entries.get('platforms'))
    if (platforms.length === 0)
      rejectValue(entries.get('platforms') ?? each, 'must name platforms, for example [linux/arm/v7]')
    for (const platform of platforms) {
      if (parsePlatform(readText(platform)) === undefined)
        rejectValue(
          platform,
          `${JSON.stringify(readText(platform))} is no platform; write os/architecture[/variant]`,
        )
    }
    return { platforms: platforms.map(readText), reason: requireText(entries.get('reason'), each, 'reason') }
  })
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function readTime(value: SuiteValue): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(readText(value))
  const milliseconds = match === null ? 0 : Math.round(Number(match[1]) * (UNITS[match[2] ?? 'ms'] ?? 1))
  if (milliseconds >= 1 && milliseconds <= 24 * 3_600_000) return milliseconds
  return rejectValue(value, 'must be a number with ms, s, m or h, at most a day: 500ms, 90s, 2m')
}
