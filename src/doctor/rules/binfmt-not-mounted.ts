import type { Rule } from '../advice.js'
import { listForeign } from '../emulators.js'
import { hasShell } from '../place-command.js'

/** Without the filesystem, handlers can neither be seen nor registered. */
export const checkBinfmtMount: Rule = host => {
  if (host.facts.handlersKnown || !host.emulates) return []
  if (!hasShell(host)) {
    return [
      {
        severity: 'note',
        title:
          'Its kernel cannot be seen from here: emulators have no names, and their flags are not checked',
        why: 'Each platform was tried in a container. An ssh:// host can be asked for more.',
      },
    ]
  }
  const lacking = listForeign(host).some(({ capability }) => !capability.runs)
  return [
    {
      severity: lacking ? 'fix' : 'note',
      title: 'binfmt_misc is not mounted: emulators can neither be seen nor registered',
      mend: { shell: 'sudo mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc' },
    },
  ]
}
