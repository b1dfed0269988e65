import { isTooDeep } from './json-lines.js'

/** In front of a number that is kept as it was written, since JavaScript's own would lose a part of it. */
const SPELLED = '\ue000'

/** Strings, in which nothing is to be found, and numbers. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs

/**
 * The value of a JSON text. Numbers keep their spelling: `1.0`, `1` and `1e0` are not the same output, and
 * 9007199254740993 must not become its neighbour. Undefined for what is no JSON, or too deep to walk.
 */
export function parseJsonText(text: string): { readonly value: unknown } | undefined {
  try {
    // Strict first: with its numbers replaced, a text that is no JSON could pass for one.
    JSON.parse(text)
    const kept = text.replace(TOKEN, token =>
      token.startsWith('"') || String(Number(token)) === token ? token : `"${SPELLED}${token}"`,
    )
    const value: unknown = JSON.parse(kept)
    return isTooDeep(value) ? undefined : { value }
  } catch {
    return undefined
  }
}

/** JSON on one line for people, numbers as they were written. */
export function showJson(value: unknown): string {
  return restoreNumbers(JSON.stringify(value) ?? 'null')
}

/** Printed JSON with its numbers as they were written. */
export function restoreNumbers(printed: string): string {
  return printed.replace(new RegExp(`"${SPELLED}([-+.\\deE]+)"`, 'g'), '$1')
}
