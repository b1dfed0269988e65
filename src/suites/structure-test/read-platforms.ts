import { formatPlatform, parsePlatform } from '../../model/platform.js'
import { readItems, readText, rejectValue, type SuiteValue } from '../suite-value.js'

/** A platform in the form that reports use. `text` is what the file says, and `value` where. */
export function requirePlatform(value: SuiteValue, text: string): string {
  const platform = parsePlatform(text)
  if (platform !== undefined) return formatPlatform(platform)
  return rejectValue(value, `${JSON.stringify(text)} is no platform; write os/architecture[/variant]`)
}

/** A list of platforms that names at least one. */
export function readPlatforms(value: SuiteValue | undefined, parent: SuiteValue): string[] {
  const platforms = readItems(value)
  if (platforms.length === 0) rejectValue(value ?? parent, 'must name platforms, for example [linux/arm/v7]')
  return platforms.map(each => requirePlatform(each, readText(each)))
}
