// Control characters, and those that reorder or hide what a terminal shows (Unicode "Cc", "Cf", separators).
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu

/** Words from a registry, fit for one line of a message: no control characters, at most `limit` characters. */
export function sanitizeText(text: string, limit = 300): string {
  const clean = text.replace(UNSAFE, ' ').replace(/\s+/g, ' ').trim()
  return clean.length > limit ? `${clean.slice(0, limit - 3)}...` : clean
}

/** A URL without what may be secret: user, password, query (signed URLs) and fragment. */
export function redactUrl(url: URL | string): string {
  if (typeof url === 'string' && !URL.canParse(url)) return '(not a URL)'
  const { protocol, host, pathname, search } = new URL(url)
  return sanitizeText(`${protocol}//${host}${pathname}${search ? '?...' : ''}`)
}
