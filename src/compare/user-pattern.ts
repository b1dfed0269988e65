import { RE2JS } from 're2js'

/** A regular expression of the user's. RE2's syntax: no pattern takes more than linear time. */
export interface UserPattern {
  /** How many groups it has, and their names. */
  readonly groups: number
  readonly names: readonly string[]
  isFoundIn(text: string): boolean
  replaceAll(text: string, replacement: string): string
}

/** Compiles a pattern; a text that says what is wrong where it is none. */
export function compilePattern(source: string, flags = ''): UserPattern | string {
  try {
    const compiled = RE2JS.compile(source, flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0)
    return {
      groups: compiled.groupCount(),
      names: Object.keys(compiled.namedGroups()),
      isFoundIn: (text: string) => compiled.matcher(text).find(),
      replaceAll: (text: string, replacement: string) => compiled.matcher(text).replaceAll(replacement),
    }
  } catch (error) {
    return (error as Error).message.replace(/^error parsing regexp: /, '')
  }
}

/** For patterns that were validated; one that is none after all is found nowhere. */
export function readPattern(source: string, flags = ''): UserPattern {
  const compiled = compilePattern(source, flags)
  if (typeof compiled !== 'string') return compiled
  return { groups: 0, names: [], isFoundIn: () => false, replaceAll: (text: string) => text }
}
