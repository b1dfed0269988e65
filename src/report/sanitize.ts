/** Escape sequences of terminals: CSI, OSC (up to its end), and two-character ones. */
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be found
  /\u001b\[[0-?]{0,60}[ -/]{0,10}[@-~]|\u001b\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|\u001b[ -/]{0,3}[0-~]|\u009b[0-?]{0,60}[ -/]{0,10}[@-~]/g

/** Characters that change what a reader sees without being seen: bidi controls, zero-width, line separators. */
const INVISIBLE = /[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Lone surrogates are no characters; XML and UTF-8 have no place for them. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * Makes untrusted text safe for one line of a terminal: every control character is shown as an escape (`\x1b`,
 * `\n`), and the text is cut to `limit` characters.
 */
export function sanitizeLine(text: string, limit = 500): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text
  return cut
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(/\p{Cc}/gu, showControl)
    .replace(INVISIBLE, character => `\\u${hex(character, 4)}`)
}

/** The same for text of several lines: line breaks stay, a tab becomes two spaces. */
export function sanitizeBlock(text: string, limit = 4000): string {
  return text
    .slice(0, limit)
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(line => sanitizeLine(line.replaceAll('\t', '  '), limit))
    .join('\n')
    .concat(text.length > limit ? '\n…' : '')
}

/**
 * Makes untrusted text safe for XML 1.0: terminal sequences are removed, what XML has no character for is shown as
 * an escape, and the text is cut to `limit` characters.
 */
export function sanitizeXml(text: string, limit = 20_000): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}\n… (${text.length} characters)` : text
  return (
    cut
      .replace(ANSI, '')
      .replaceAll('\r\n', '\n')
      .replace(LONE_SURROGATE, '\ufffd')
      .replace(/(?![\t\n])\p{Cc}|[\ufffe\uffff]/gu, showControl)
      .replace(INVISIBLE, character => `\\u${hex(character, 4)}`)
      // The builder splits only the first end of a CDATA section.
      .replaceAll(']]>', ']] >')
  )
}

function showControl(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  const code = character.charCodeAt(0)
  return code < 0x100 ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0')
}
