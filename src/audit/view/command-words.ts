const MAX_COMMAND = 16_384
const MAX_PROGRAMS = 32

/** Programs that only prepare the process and then become the next one of their arguments. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'catatonit',
  'chpst',
  'chroot',
  'docker-init',
  'dumb-init',
  'env',
  'exec',
  'gosu',
  'ionice',
  'nice',
  'nohup',
  'runuser',
  'setpriv',
  'stdbuf',
  'su-exec',
  'time',
  'timeout',
  'tini',
  'tini-static',
])

const SHELLS: ReadonlySet<string> = new Set(['ash', 'bash', 'dash', 'ksh', 'sh', 'zsh'])

/** What stands between two commands of a shell line. */
const BETWEEN_COMMANDS = /&&|\|\||[;|&\n]/

/**
 * Names of the programs that a command in exec form starts, as far as words tell without running it: the first word, what
 * a wrapper or `sh -c` starts. Words with expansions, quotes or redirections inside are left out.
 */
export function listProgramWords(command: readonly string[], depth = 0): readonly string[] {
  const [first, ...rest] = command
  if (first === undefined || first === '' || depth > 4) return []
  const name = first.slice(first.lastIndexOf('/') + 1)
  const found = name === 'exec' ? [] : [first]
  if (SHELLS.has(name)) {
    const at = rest.findIndex(word => /^-[a-z]*c$/.test(word))
    const line = at < 0 ? undefined : rest[at + 1]
    if (line !== undefined) found.push(...listLineWords(line, depth + 1))
  } else if (WRAPPERS.has(name)) {
    found.push(...listProgramWords(skipOptions(rest, name), depth + 1))
  }
  return found.slice(0, MAX_PROGRAMS)
}

/** Whether the program is one that becomes what its arguments name. */
export function isWrapper(name: string): boolean {
  return WRAPPERS.has(name)
}

/** The programs of a shell's line: the first word of each command, past assignments and keywords. */
function listLineWords(line: string, depth: number): readonly string[] {
  const found: string[] = []
  for (const part of line.slice(0, MAX_COMMAND).split(BETWEEN_COMMANDS)) {
    const words = part.trim().split(/\s+/)
    while (/^(?:[A-Za-z_]\w*=\S*|if|then|else|do|while|until|!|\{|\()$/.test(words[0] ?? '')) words.shift()
    const end = words.findIndex(word => /["'`$<>(){}*?\\]/.test(word))
    found.push(...listProgramWords(end < 0 ? words : words.slice(0, end), depth))
  }
  return found
}

/** A wrapper's own arguments end at `--`, or with the last that looks like an option, a user, a number or a variable. */
function skipOptions(words: readonly string[], name: string): readonly string[] {
  const end = words.indexOf('--')
  if (end >= 0 && end < 16) return words.slice(end + 1)
  const takesOne = name === 'gosu' || name === 'su-exec' || name === 'chroot' || name === 'timeout'
  const from = words.findIndex(word => !/^-|^\w+=|^\d+[smhd]?$/.test(word))
  return from < 0 ? [] : words.slice(from + (takesOne && !/^\d/.test(words[0] ?? '') ? 1 : 0))
}
