import type { CheckRef } from '../model/check.js'
import type { ResolvedImage } from '../model/image.js'
import { compareText, formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/** Targets in the order of the image's platforms; within one platform native first, legs of a CPU model last, then by id. */
export function orderTargets(targets: readonly Target[], image: ResolvedImage | undefined): Target[] {
  const rank = new Map<string, number>()
  for (const [index, entry] of (image?.platforms ?? []).entries()) {
    for (const key of [entry.manifest.digest, formatPlatform(entry.platform)]) {
      if (!rank.has(key)) rank.set(key, index)
    }
  }
  const place = (target: Target) =>
    rank.get(formatPlatform(target.platform)) ?? rank.get(target.digest) ?? Number.MAX_SAFE_INTEGER
  return [...targets].sort(
    (a, b) =>
      place(a) - place(b) ||
      compareText(formatPlatform(a.platform), formatPlatform(b.platform)) ||
      compareText(b.execution, a.execution) ||
      compareText(a.emulator?.cpu ?? '', b.emulator?.cpu ?? '') ||
      compareNaturally(a.id, b.id),
  )
}

/** Checks by file, then line, then name with numbers in counting order (`row 2` before `row 10`). */
export function orderChecks<T extends { readonly check: CheckRef }>(checks: readonly T[]): T[] {
  const line = (one: T) => one.check.line ?? Number.MAX_SAFE_INTEGER
  return [...checks].sort(
    (a, b) =>
      compareText(a.check.file, b.check.file) ||
      line(a) - line(b) ||
      compareNaturally(a.check.id, b.check.id),
  )
}

/** Byte-wise order in which runs of digits count as numbers. */
export function compareNaturally(a: string, b: string): number {
  const left = a.split(/(\d+)/)
  const right = b.split(/(\d+)/)
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [x, y] = [left[index] ?? '', right[index] ?? '']
    if (x === y) continue
    const numeric = index % 2 === 1
    const byNumber = numeric ? stripZeros(x).length - stripZeros(y).length : 0
    return (
      byNumber || compareText(numeric ? stripZeros(x) : x, numeric ? stripZeros(y) : y) || compareText(x, y)
    )
  }
  return left.length - right.length || compareText(a, b)
}

function stripZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '')
}
