import { type CommandRequest, quoteWord, type ShellScript } from './command.js'
import type { Argv } from './engine-exec.js'

/** Variables that a shell sets and exports of its own accord, which a program started by the engine does not see. */
export const SHELL_VARIABLES: readonly string[] = ['PWD', 'OLDPWD', 'SHLVL', '_']

/**
 * Lists the children of the container's first process into `k`: it adopts what a command leaves behind. Empty
 * where the kernel does not tell.
 */
const LIST_ADOPTED = 'k=; { read -r k; } </proc/1/task/1/children'

/**
 * Makes the shell announce its process id and the first process's children, which also proves that it
 * understands what it is sent. From then on its own remarks ("Segmentation fault") go nowhere, and descriptor 3
 * is the way to standard error.
 */
export function buildHandshake(nonce: string): string {
  return `exec 3>&2 2>/dev/null; ${LIST_ADOPTED}; printf '\\036${nonce}:%d:%s\\036' $$ "$k"; printf '\\036${nonce}:\\036' >&3\n`
}

/**
 * The text that makes a session's shell run one command (or lines of its own) in a subshell, with nothing on its standard input and
 * the environment that the engine would give it, and then print the end markers: on standard output with the
 * exit code and the first process's children, or with `bad-cwd` where the directory cannot be entered.
 */
export function buildSessionScript(work: Argv | ShellScript, request: CommandRequest, nonce: string): string {
  const env = Object.entries(request.env ?? {})
  const steps = [
    ...(request.cwd === undefined ? [] : [`cd ${quotePath(request.cwd)}`]),
    `unset ${SHELL_VARIABLES.join(' ')}`,
    ...(env.length === 0
      ? []
      : [`export ${env.map(([name, value]) => `${name}=${quoteWord(value)}`).join(' ')}`]),
    'script' in work ? work.script : `exec ${work.map(quoteArgument).join(' ')}`,
  ]
  const command = `(${steps.join('; ')}) </dev/null 2>&3 3>&-; s=$?; ${LIST_ADOPTED}; printf '\\036${nonce}:%d:%s\\036' $s "$k"`
  const guarded =
    request.cwd === undefined
      ? command
      : `if (cd ${quotePath(request.cwd)}); then ${command}; else printf '\\036${nonce}:bad-cwd\\036'; fi`
  return `${guarded}; printf '\\036${nonce}:\\036' >&3\n`
}

/** Quotes also what would be an option or an assignment to the shell's `exec`. */
function quoteArgument(word: string, index: number): string {
  return index === 0 && (word.startsWith('-') || word.includes('='))
    ? `./${quoteWord(word)}`
    : quoteWord(word)
}

function quotePath(path: string): string {
  return quoteWord(path.startsWith('-') ? `./${path}` : path)
}

/**
 * A script for a second shell that kills every process of the session that `shellPid` leads, except that
 * shell: it reads /proc with nothing but built-ins, since an image may hold no `ps`, `pkill` or `kill`.
 */
export function buildKillScript(shellPid: number): string {
  return [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own syntax
    'sid_of() { s=; { read -r l <"/proc/$1/stat"; } 2>/dev/null || return 1; l=${l##*) }; set -- $l; s=$4; }',
    `sid_of ${shellPid} || exit 0`,
    'own=$s',
    'for d in /proc/[0-9]*; do',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own syntax
    '  p=${d#/proc/}',
    `  [ "$p" = ${shellPid} ] && continue`,
    '  sid_of "$p" && [ "$s" = "$own" ] && kill -9 "$p"',
    'done 2>/dev/null',
    ':',
  ].join('\n')
}
