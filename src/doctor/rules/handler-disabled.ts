import type { Rule } from '../advice.js'
import { findDisabledHandler, listMissing, nameAll, nameHandlers } from '../emulators.js'

const FOLDER = '/proc/sys/fs/binfmt_misc'

/** An emulator is there, and somebody has switched it off: itself, or all of them by `status`. */
export const checkDisabledHandlers: Rule = host => {
  if (!host.emulates) return []
  const found = listMissing(host).flatMap(platform => {
    const handler = findDisabledHandler(host, platform)
    return handler === undefined ? [] : [{ platform, handler }]
  })
  if (found.length === 0) return []
  const names = [...new Set(found.map(({ handler }) => handler.name))]
  const files = ['status', ...names].map(name => `${FOLDER}/${name}`).join(' ')
  const isPlain = names.every(name => /^[\w.-]{1,64}$/.test(name))
  return [
    {
      severity: 'fix',
      title: `Cannot run ${nameAll(found.map(({ platform }) => platform))}: switched off in binfmt_misc: ${nameHandlers(found.map(({ handler }) => handler))}`,
      ...(isPlain ? { mend: { shell: `echo 1 | sudo tee ${files}` } } : {}),
    },
  ]
}
