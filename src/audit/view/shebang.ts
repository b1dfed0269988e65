/** What a script's first line asks for. */
export interface Shebang {
  /** Path of the interpreter as written, without the carriage return that a line may end with. */
  readonly interpreter: string
  /** What `env` is to search PATH for. */
  readonly program?: string
  /** True where the line ends with a carriage return, which the kernel takes for part of the name. */
  readonly carriageReturn: boolean
}

/** Reads the first line of a script, without its `#!` (execve(2); env(1) of coreutils for `-S` and assignments). */
export function readShebang(line: string): Shebang {
  const carriageReturn = line.endsWith('\r')
  const words = line
    .replace(/\r$/, '')
    .trim()
    .split(/[ \t]+/)
  const interpreter = words[0] ?? ''
  if (!/(?:^|\/)env$/.test(interpreter)) return { interpreter, carriageReturn }
  const program = words
    .slice(1)
    .map(word => (word.startsWith('-S') ? word.slice(2) : word))
    .find(word => word !== '' && !word.startsWith('-') && !/^\w+=/.test(word))
  return { interpreter, carriageReturn, ...(program === undefined ? {} : { program }) }
}
