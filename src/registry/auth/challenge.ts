/** One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1); scheme and parameter names in lower case. */
export interface Challenge {
  readonly scheme: string
  readonly parameters: Readonly<Record<string, string>>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const PARAMETER = new RegExp(`^(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]*))`)
const SCHEME = new RegExp(`^(${TOKEN})(?=[ \\t,]|$)`)
// Registries send some hundred bytes; more is nothing that should be searched.
const MAX_HEADER = 8192

/**
 * Reads all challenges, in order. What cannot be read is skipped: a challenge that nobody understands is the same as
 * none.
 */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  let rest = skipSeparators(
    (typeof header === 'string' ? header : (header ?? []).join(', ')).slice(0, MAX_HEADER),
  )
  while (rest !== '') {
    const parameter = PARAMETER.exec(rest)
    const scheme = parameter === null ? SCHEME.exec(rest) : null
    if (parameter !== null) {
      const [, name = '', quoted, plain = ''] = parameter
      const current = challenges.at(-1)
      if (current !== undefined) {
        current.parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/gs, '$1') ?? plain
      }
    } else if (scheme !== null) {
      challenges.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: Object.create(null) })
    }
    rest = skipSeparators(rest.slice(parameter?.[0].length ?? scheme?.[0].length ?? 1))
  }
  return challenges
}

function skipSeparators(text: string): string {
  return text.replace(/^[\s,]+/, '')
}
