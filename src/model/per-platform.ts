import { formatPlatform, type Platform, parsePlatform } from './platform.js'

/** A value for each platform that has one of its own (`linux/arm/v7`), and `default` for all others. */
export type PerPlatform<T> = Readonly<Record<string, T>>

/**
 * The value that is expected on a platform. Throws a RangeError where a key is no platform, two keys name the same one,
 * or the platform has no value and there is no default.
 */
export function choosePerPlatform<T>(values: PerPlatform<T>, platform: Platform): T {
  const own = formatPlatform({ ...platform, osVersion: '' })
  const found = new Map<string, T>()
  for (const [key, value] of Object.entries(values)) {
    if (key === 'default') continue
    const parsed = parsePlatform(key)
    if (parsed === undefined)
      throw new RangeError(
        `${JSON.stringify(key)} is no platform; write os/architecture[/variant], for example "linux/arm64", or "default"`,
      )
    const name = formatPlatform(parsed)
    if (found.has(name)) throw new RangeError(`two values are given for ${name}`)
    found.set(name, value)
  }
  if (found.has(own)) return found.get(own) as T
  if (Object.hasOwn(values, 'default')) return values.default as T
  throw new RangeError(`no value is given for ${own}, and no "default"`)
}

/** An expectation per platform as the event log has it: all values, and the one for its target. JSON. */
export interface Expectation {
  readonly values: PerPlatform<unknown>
  readonly value: unknown
}
