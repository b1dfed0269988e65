import { sanitizeBlock, sanitizeLine } from '../sanitize.js'

/**
 * Untrusted text as an inline code span (CommonMark 0.31, section 6.1): nothing in it is markup, a mention or a link. The
 * fence is longer than any run of backticks inside; `|` is escaped, as tables want it.
 */
export function writeCode(text: string, limit = 200): string {
  const line = sanitizeLine(text, limit) || ' '
  const fence = '`'.repeat(longestRun(line) + 1)
  const padding = /^`|`$|^ .* $/.test(line) ? ' ' : ''
  return `${fence}${padding}${line.replaceAll('|', '\\|')}${padding}${fence}`
}

/** Untrusted lines as a fenced code block (section 4.5), whatever fences they hold. */
export function writeBlock(text: string, language = '', limit = 4000): string {
  const block = sanitizeBlock(text, limit)
  const fence = '`'.repeat(Math.max(3, longestRun(block) + 1))
  return `${fence}${language}\n${block}\n${fence}`
}

/** Words of our own that may hold untrusted names: every character that could be markup is an entity. */
export function writeText(text: string, limit = 300): string {
  return (
    sanitizeLine(text, limit)
      .replace(/[&<>[\]()*_`~|!#\\{}]/g, character => `&#${character.charCodeAt(0)};`)
      // Between the parts of a mention, a link or an address there is nothing to see.
      .replace(/[@]|:(?=\/\/)|(?<=\bwww)\./g, character => `${character}&#8203;`)
  )
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
