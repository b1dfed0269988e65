/** Whether a word means only itself to every POSIX shell. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/

/** Quotes one word for a shell: single quotes, or `$'…'` where control characters would otherwise be lost. */
export function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word
  if (!/\p{Cc}/u.test(word)) return `'${word.replaceAll("'", "'\\''")}'`
  const escaped = [...word].map(character => escapeCharacter(character)).join('')
  return `$'${escaped}'`
}

/** Joins words into a command line that a shell reads back as the same words. */
export function quoteCommand(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  if (character === "'" || character === '\\') return `\\${character}`
  const code = character.codePointAt(0) ?? 0
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0)
  if (!isControl) return character
  return [...Buffer.from(character, 'utf8')].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}
