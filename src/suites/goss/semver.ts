/** A version of semver.org: three numbers, and the identifiers of a pre-release. */
interface Version {
  readonly numbers: readonly [number, number, number]
  readonly pre: readonly string[]
}

/** Whether a version is in a range; throws an Error for what is no version. */
export type VersionRange = (version: string) => boolean

const NUMBER = '(0|[1-9]\\d*)'
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const VERSION = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`)

function readVersion(text: string): Version {
  const match = VERSION.exec(text)
  const pre = match?.[4]?.split('.') ?? []
  if (match === null || pre.some(each => /^0\d+$/.test(each)))
    throw new Error(`${JSON.stringify(text)} is no semantic version (1.2.3)`)
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], pre }
}

/**
 * Reads a range: comparisons (`>1.0.0`, `!=1.5.0`, `1.x`) that must all hold, and `||` between such groups
 * (blang/semver, "Ranges"). Throws an Error for what is none.
 */
export function readVersionRange(text: string): VersionRange {
  const groups = text.split('||').map(group => {
    // An operator may stand apart from its version.
    const parts = group
      .replace(/([<>=!]+)\s+/g, '$1')
      .trim()
      .split(/\s+/)
    return parts.flatMap(readComparisons)
  })
  return version => {
    const read = readVersion(version)
    return groups.some(tests => tests.every(holds => holds(read)))
  }
}

type Comparison = (version: Version) => boolean

function readComparisons(text: string): Comparison[] {
  const match = /^(<=|>=|==|!=|[<>=!]?)(.+)$/.exec(text)
  if (match === null) throw new Error(`${JSON.stringify(text)} is no version range`)
  const [, operator = '', version = ''] = match
  const wildcard = /^(\d+)(?:\.(\d+))?\.[xX*](?:\.[xX*])?$/.exec(version)
  if (wildcard === null) return [compareTo(operator, readVersion(version))]
  return expandWildcard(operator, Number(wildcard[1]), wildcard[2])
}

/** `1.2.x` stands for all from `1.2.0` until `1.3.0`. */
function expandWildcard(operator: string, major: number, minor: string | undefined): Comparison[] {
  const from: Version = { numbers: [major, Number(minor ?? 0), 0], pre: [] }
  const until: Version = {
    numbers: minor === undefined ? [major + 1, 0, 0] : [major, Number(minor) + 1, 0],
    pre: [],
  }
  const atLeast = compareTo('>=', from)
  const below = compareTo('<', until)
  switch (operator) {
    case '>':
      return [compareTo('>=', until)]
    case '>=':
      return [atLeast]
    case '<':
      return [compareTo('<', from)]
    case '<=':
      return [below]
    case '!':
    case '!=':
      return [version => !atLeast(version) || !below(version)]
    default:
      return [atLeast, below]
  }
}

function compareTo(operator: string, other: Version): Comparison {
  return version => {
    const order = compareVersions(version, other)
    switch (operator) {
      case '<':
        return order < 0
      case '<=':
        return order <= 0
      case '>':
        return order > 0
      case '>=':
        return order >= 0
      case '!':
      case '!=':
        return order !== 0
      default:
        return order === 0
    }
  }
}

function compareVersions(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] as number)
    if (difference !== 0) return difference
  }
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length
  for (let index = 0; index < Math.max(a.pre.length, b.pre.length); index += 1) {
    const order = compareIdentifiers(a.pre[index], b.pre[index])
    if (order !== 0) return order
  }
  return 0
}

/** Numbers come before words, and fewer identifiers before more. */
function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  const numeric = [a, b].map(each => /^\d+$/.test(each))
  if (numeric[0] && numeric[1]) return Number(a) - Number(b)
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1
  return a === b ? 0 : a < b ? -1 : 1
}
