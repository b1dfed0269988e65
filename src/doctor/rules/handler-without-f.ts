import type { Rule } from '../advice.js'
import { findHandler, listForeign, nameHandlers, replaceEmulators } from '../emulators.js'

/** Flag F: the emulator is opened when it is registered (Linux, admin-guide/binfmt-misc). */
export const checkFlagF: Rule = host => {
  const found = listForeign(host).flatMap(({ platform }) => {
    const handler = findHandler(host, platform)
    return handler === undefined || handler.flags.includes('F') ? [] : [{ platform, handler }]
  })
  if (found.length === 0) return []
  const handlers = found.map(({ handler }) => handler)
  return [
    {
      severity: 'fix',
      title: `Handlers without flag F: ${nameHandlers(handlers)}`,
      why: 'The emulator is looked for inside the container, where it is not: nothing of these platforms starts there.',
      ...replaceEmulators(
        host,
        handlers,
        found.map(({ platform }) => platform),
      ),
    },
  ]
}
