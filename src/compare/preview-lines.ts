import type { NormalLine } from './normalize/normalize-line.js'

const PREVIEW_LINES = 3
const PREVIEW_LENGTH = 200

/** The beginning of a value, for people. */
export function previewLines(lines: readonly NormalLine[]): string {
  const raw = lines.map(line => line.raw)
  if (raw.at(-1) === '') raw.pop()
  const shown = raw.slice(0, PREVIEW_LINES).map(line => line.slice(0, PREVIEW_LENGTH))
  if (raw.length > PREVIEW_LINES) shown.push(`… ${raw.length - PREVIEW_LINES} more lines`)
  return shown.join('\n')
}
