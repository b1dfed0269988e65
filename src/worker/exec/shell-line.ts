/** Words that a shell handles itself, so that running a program of that name would not be the same. */
const SHELL_WORDS = new Set(
  `. : [ alias bg break builtin case cd chdir command continue declare do done echo elif else esac eval exec exit
  export false fc fg fi for function getopts hash help history if jobs kill let local printf pwd read readonly
  return set shift source test then time times trap true type typeset ulimit umask unalias unset until wait while`.split(
    /\s+/,
  ),
)

/**
 * The words of a shell line that means the same without a shell: plain words, and a first one that is no
 * built-in, keyword or assignment. Undefined for every other line. It saves a process per command, which under
 * an emulator is half of the time.
 */
export function splitSimpleLine(line: string): [string, ...string[]] | undefined {
  if (!/^[A-Za-z0-9_@%+=:,./ -]+$/.test(line)) return undefined
  const words = line.split(' ').filter(word => word !== '')
  const [first] = words
  if (first === undefined || first.includes('=') || SHELL_WORDS.has(first)) return undefined
  return words as [string, ...string[]]
}

/** Whether a line starts something in the background that may write after the line has ended. */
export function leavesChildren(line: string): boolean {
  const quoted = /'[^']*'|"(?:[^"\\`$]|\\.|\$(?!\())*"/g
  return /(?<![&>|<\\])&(?![&>])/.test(line.replace(quoted, ''))
}

/**
 * The words of a line that stand where a command's name may stand. An approximation for the guard, which only
 * looks at those that turn out to be programs: quoting, loops and substitutions may hide some.
 */
export function listCommandWords(line: string): string[] {
  const separated = line.replace(
    /\$\(|[`;|&(){}\n]|\b(?:then|do|else|if|while|until|exec|env|time|command|nohup|!)\b/g,
    '\n',
  )
  const names = separated.split('\n').map(part => {
    const words = part.trim().split(/\s+/)
    return words.find(word => !/^[A-Za-z_]\w*=/.test(word)) ?? ''
  })
  return [...new Set(names.filter(name => /^[A-Za-z0-9_@%+:,./-]+$/.test(name) && !SHELL_WORDS.has(name)))]
}
