import { compareText } from '../../../model/platform.js'

/** Orders version names such as `GLIBC_2.9` and `GLIBC_2.34`: by their text before the first digit, then by numbers. */
export function compareVersions(a: string, b: string): number {
  const [familyA, numbersA] = splitVersion(a)
  const [familyB, numbersB] = splitVersion(b)
  if (familyA !== familyB) return compareText(familyA, familyB)
  for (let at = 0; at < Math.max(numbersA.length, numbersB.length); at += 1) {
    const order = (numbersA[at] ?? -1) - (numbersB[at] ?? -1)
    if (order !== 0) return order
  }
  return compareText(a, b)
}

/** The highest version, of the family of `like` where that is given. */
export function findHighest(versions: readonly string[], like?: string): string | undefined {
  const family = like === undefined ? undefined : splitVersion(like)[0]
  let highest: string | undefined
  for (const version of versions) {
    const [own, numbers] = splitVersion(version)
    if (family !== undefined && (own !== family || numbers.length === 0)) continue
    if (highest === undefined || compareVersions(version, highest) > 0) highest = version
  }
  return highest
}

function splitVersion(version: string): readonly [string, readonly number[]] {
  const text = version.slice(0, 128)
  const at = text.search(/\d/)
  if (at < 0) return [text, []]
  return [text.slice(0, at), text.slice(at).split(/\D+/).filter(Boolean).map(Number)]
}
