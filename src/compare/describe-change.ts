import { findFirstByte } from './bytes.js'
import { diffJson } from './json-diff.js'
import { type DiffLine, diffLines } from './line-diff.js'
import type { Prepared } from './prepare-field.js'

/** How a value differs from the base's: what a reader must know first, and all lines that differ. */
export function describeChange(
  base: Prepared,
  other: Prepared,
): { readonly notes: readonly DiffLine[]; readonly lines: readonly DiffLine[] } {
  if (base.json !== undefined && other.json !== undefined)
    return { notes: [], lines: diffJson(base.json, other.json) }
  const lines = diffLines(base.lines, other.lines)
  const note = describeBytes(base, other) ?? describeParts(base, other)
  const changed = lines.some(line => line.sign !== ' ')
  return { notes: note === undefined ? [] : [{ sign: '…', text: note }], lines: changed ? lines : [] }
}

function describeBytes({ binary: before }: Prepared, { binary: after }: Prepared): string | undefined {
  if (before === undefined || after === undefined) return undefined
  const first = findFirstByte(before.kept, after.kept)
  if (first !== undefined) return `first difference at byte ${first}`
  const kept = Buffer.byteLength(before.kept, 'base64')
  return sayUnknown(kept, before.bytes, after.bytes)
}

/** Where output was cut, a reader cannot count lines in the report. */
function describeParts(base: Prepared, other: Prepared): string | undefined {
  if (base.partial === undefined && other.partial === undefined) return undefined
  const common = Math.min(base.lines.length, other.lines.length)
  for (let index = 0; index < common; index += 1) {
    const [before, after] = [base.lines[index], other.lines[index]]
    if (before?.normal === after?.normal) continue
    return `first difference at line ${after?.number ?? before?.number ?? index + 1}`
  }
  if (base.partial === undefined || other.partial === undefined) {
    const end = (base.partial === undefined ? base : other).lines.length
    return `first difference at line ${end}, where the shorter output ends`
  }
  const [before, after] = [base.partial.tail, other.partial.tail]
  const length = Math.min(before?.normal.length ?? 0, after?.normal.length ?? 0)
  if (before?.normal.slice(0, length) !== after?.normal.slice(0, length))
    return `first difference at line ${after?.number ?? common + 1}, the last that is kept`
  return sayUnknown(Math.min(base.partial.kept, other.partial.kept), base.partial.bytes, other.partial.bytes)
}

function sayUnknown(kept: number, before: number, after: number): string {
  const sizes =
    before === after ? `the ${before} bytes` : `the ${before} bytes there and the ${after} bytes here`
  return `the first ${kept} bytes are equal; from there on nothing is kept, but the hashes of ${sizes} differ`
}
