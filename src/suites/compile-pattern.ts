import { RE2JS } from 're2js'

/** A regular expression of Go's syntax and meaning (RE2): it takes time in proportion to the text, whatever it says. */
export interface Pattern {
  readonly source: string
  /** Whether it matches anywhere in the text; bytes are read as Go reads them, as UTF-8. */
  matches(text: string | Uint8Array): boolean
  /** The first text that it matches; undefined where it matches nowhere. */
  find(text: string | Uint8Array): string | undefined
}

/** Compiles a pattern. Throws an Error whose message is the problem, in RE2's words. */
export function compilePattern(source: string): Pattern {
  const compiled = RE2JS.compile(source)
  return {
    source,
    matches: text => compiled.test(text),
    find: text => {
      const matcher = compiled.matcher(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'))
      return matcher.find() ? (matcher.group() ?? undefined) : undefined
    },
  }
}
