import type { NormalizeContext } from './context.js'

/**
 * `…/qemu-aarch64 /usr/bin/app x` → `/usr/bin/app x`, and with binfmt's P flag
 * `…/aarch64-binfmt-P /usr/bin/app app x` → `app x`.
 */
export function dropEmulatorCommand(line: string): string {
  if (!line.includes('-binfmt-P') && !line.includes('qemu-')) return line
  const words = line.split(' ')
  const kept: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const next = words[index + 1]
    if (word.endsWith('-binfmt-P') && next?.startsWith('/')) {
      index += 1
      // busybox shows the name in braces where it is not the first word's.
      if (/^\{[^}]{1,32}\}$/.test(kept.at(-1) ?? '')) kept.pop()
    } else if (!(/\/qemu-[a-z0-9_]{2,20}(?:-static)?$/.test(word.slice(-40)) && next?.startsWith('/'))) {
      kept.push(word)
    }
  }
  return kept.join(' ')
}

/** What linux-user reads from the environment (qemu: `linux-user/main.c` and `util/`). */
const SETTING =
  'QEMU_(?:CPU|PAGESIZE|LOG|LOG_FILENAME|STRACE|DFILTER|LD_PREFIX|SET_ENV|UNSET_ENV|ARGV0|UNAME|STACK_SIZE|GUEST_BASE|RESERVED_VA|RAND_SEED|SINGLESTEP|ONE_INSN_PER_TB|TB_SIZE|GDB|TRACE|PLUGIN|PERFMAP|JITDUMP|VERSION)'
const SETTING_NAME = new RegExp(`^${SETTING}$`)
/** `QEMU_CPU=…`, `export QEMU_CPU='…'`, `declare -x QEMU_CPU="…"`, `"QEMU_CPU": "…",` */
const SETTING_LINE = new RegExp(
  `^\\s{0,20}(?:export |declare -x )?(?:${SETTING}=|(["']?)${SETTING}\\1: ?["'])`,
)
/** One of the variables of `/proc/PID/environ`, with the NUL that ends it. */
const SETTING_ENTRY = new RegExp(`(^|\\0)${SETTING}=[^\\0]*(?:\\0|$)`, 'g')

/** Leaves out lines, and entries between NULs, that set one of the emulator's own variables. */
export function dropEmulatorSettings(line: string): string | null {
  if (!line.includes('QEMU_')) return line
  if (line.includes('\0')) return line.replace(SETTING_ENTRY, '$1')
  return SETTING_LINE.test(line) ? null : line
}

/** Whether a key of a JSON object names one of the emulator's own variables. */
export function isEmulatorSetting(name: string): boolean {
  return SETTING_NAME.test(name)
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = `(?:${MONTHS.join('|')})`
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const CLOCK = '\\d{2}:\\d{2}:\\d{2}(?![\\d‹])'

/** How moments are written; named groups give the date, the rest of a match is replaced with it. */
const MOMENTS: readonly RegExp[] = [
  // 2026-11-23T19:57:27.123, 2026/11/23 19:57:27
  new RegExp(
    `(?<![\\d›])(?<y>\\d{4})([-/])(?<m>\\d{2})\\2(?<d>\\d{2})[T ](?<t>${CLOCK})(?:[.,]\\d{1,9})?`,
    'g',
  ),
  // Mon, 23 Nov 2026 19:57:27 and 23/Nov/2026:19:57:27
  new RegExp(`(?:${DAY}, )?(?<![\\d›])(?<d>\\d{2})[ /](?<M>${MONTH})[ /](?<y>\\d{4})[ :](?<t>${CLOCK})`, 'g'),
  // Mon Nov 23 19:57:27 UTC 2026
  new RegExp(
    `${DAY} (?<M>${MONTH}) (?<d>[ \\d]\\d) (?<t>${CLOCK})(?<zone> [A-Za-z+-][A-Za-z0-9+-]{0,5})? (?<y>\\d{4})(?!\\d)`,
    'g',
  ),
]

/** `Nov 23 20:56`, as `ls -l` shows a file that is younger than half a year. */
const LISTED = new RegExp(`(?<![\\w›])(?<M>${MONTH}) (?<d>[ \\d]\\d) (?<t>\\d{2}:\\d{2})(?![\\d:‹])`, 'g')

/** Replaces the moments that fall in the run's own time; others (2038, the epoch, a build date) stay. */
export function hideRunTimes(line: string, context: NormalizeContext): string {
  const { window } = context
  if (window === undefined || !/\d:\d\d/.test(line)) return line
  const year = new Date((window.from + window.to) / 2).getUTCFullYear()
  let result = line
  for (const pattern of [...MOMENTS, LISTED]) {
    result = result.replace(pattern, (...parts) => {
      const match = parts[0] as string
      const groups = parts.at(-1) as Record<string, string | undefined>
      const month = groups.M === undefined ? Number(groups.m) : MONTHS.indexOf(groups.M) + 1
      const day = `${String(month).padStart(2, '0')}-${groups.d?.replace(' ', '0')}`
      const date = `${groups.y ?? year}-${day}T${groups.t}Z`
      const moment = Date.parse(date)
      if (Number.isNaN(moment) || moment < window.from || moment > window.to) return match
      return `‹time›${groups.zone ?? ''}`
    })
  }
  return result
}

/** Replaces an amount of time behind words that can only introduce how long something took. */
export function hideElapsedTimes(line: string): string {
  return line.replace(
    /(?<=\b(?:took|elapsed|(?:ready|started|done|completed|finished|built|compiled|loaded) in)[ :=] ?)\d{1,12}(?:\.\d{1,9})? ?(?:ns|µs|us|ms|s|sec|secs|seconds|milliseconds)(?![A-Za-z0-9‹])/gi,
    '‹elapsed›',
  )
}
