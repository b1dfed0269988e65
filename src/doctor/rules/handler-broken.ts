import { formatPlatform } from '../../model/platform.js'
import type { Rule } from '../advice.js'
import { findHandler, replaceEmulators } from '../emulators.js'

/** A handler is registered and starts nothing; one without F is told by that. */
export const checkBrokenHandlers: Rule = host => {
  const broken = host.platforms.flatMap(({ platform, capability }) => {
    if (capability.runs || capability.code !== 'emulator-broken') return []
    const handler = findHandler(host, platform)
    if (handler === undefined || !handler.flags.includes('F')) return []
    return [{ platform, handler, reason: capability.reason }]
  })
  if (broken.length === 0) return []
  const each = broken.map(({ platform, handler }) => `${handler.name} (${formatPlatform(platform)})`)
  return [
    {
      severity: 'fix',
      title: `Emulators that do not start a test program: ${each.join(', ')}`,
      why: broken[0]?.reason ?? '',
      ...replaceEmulators(
        host,
        broken.map(({ handler }) => handler),
        broken.map(({ platform }) => platform),
      ),
    },
  ]
}
