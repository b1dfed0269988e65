/** One character after `$` that is a name by itself (os.Expand, "shell special variables"). */
const SPECIAL = /^[*#$@!?\-0-9]$/

/**
 * Replaces `$NAME` and `${NAME}` as Go's os.Expand does: names without a value become nothing, `$` before anything else
 * stays, `${` without its end is dropped with the brace, `${}` is dropped whole.
 */
export function expandVariables(text: string, read: (name: string) => string | undefined): string {
  let result = ''
  let at = 0
  for (
    let dollar = text.indexOf('$');
    dollar !== -1 && dollar + 1 < text.length;
    dollar = text.indexOf('$', at)
  ) {
    result += text.slice(at, dollar)
    const { name, width } = readName(text.slice(dollar + 1))
    if (name !== '') result += read(name) ?? ''
    else if (width === 0) result += '$'
    at = dollar + 1 + width
  }
  return result + text.slice(at)
}

/** The name behind a `$`, and how many characters it takes; no name and a width for bad syntax, which is eaten. */
function readName(text: string): { name: string; width: number } {
  if (text[0] === '{') {
    if (SPECIAL.test(text[1] ?? '') && text[2] === '}') return { name: text[1] as string, width: 3 }
    const end = text.indexOf('}')
    if (end === 1) return { name: '', width: 2 }
    return end === -1 ? { name: '', width: 1 } : { name: text.slice(1, end), width: end + 1 }
  }
  if (SPECIAL.test(text[0] ?? '')) return { name: text[0] as string, width: 1 }
  const name = /^[A-Za-z0-9_]*/.exec(text)?.[0] ?? ''
  return { name, width: name.length }
}
