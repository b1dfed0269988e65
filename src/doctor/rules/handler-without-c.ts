import type { Rule } from '../advice.js'
import { findHandler, listForeign, nameHandlers, replaceEmulators } from '../emulators.js'

/** Flag C: credentials come from the program and not from its emulator (Linux, admin-guide/binfmt-misc). */
export const checkFlagC: Rule = host => {
  const found = listForeign(host).flatMap(({ platform, capability }) => {
    const handler = findHandler(host, platform)
    return handler === undefined || !capability.runs || handler.flags.includes('C')
      ? []
      : [{ platform, handler }]
  })
  if (found.length === 0) return []
  const handlers = found.map(({ handler }) => handler)
  return [
    {
      severity: 'note',
      title: `Handlers without flag C: ${nameHandlers(handlers)}`,
      why: 'Setuid bits and file capabilities have no effect under them: sudo and ping may fail emulated though the image is right.',
      ...replaceEmulators(
        host,
        handlers,
        found.map(({ platform }) => platform),
      ),
    },
  ]
}
