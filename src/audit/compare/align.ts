/** One thing under one name on several platforms. */
export interface AlignedRow<T> {
  /** The name with platform words made neutral, or as written where all platforms that have it write it so. */
  readonly name: string
  /** By position of the platform; undefined where it has nothing of that name. */
  readonly items: readonly (T | undefined)[]
  /** True where one platform has two things of this name, so that only presence can be compared. */
  readonly ambiguous: boolean
}

interface Draft<T> {
  name: string
  items: (T | undefined)[]
  ambiguous: boolean
}

/**
 * Pairs what platforms have by name. The same name is the same thing; where a name is not on all platforms, names that
 * differ in nothing but each platform's own words are one thing (`lib/x86_64-linux-gnu/a`, `lib/aarch64-linux-gnu/a`).
 * Only those are made neutral. What all platforms have and `isSame` finds equal is left out, so that aligning costs
 * little more than looking every name up once.
 */
export function alignByName<T>(
  sides: readonly ReadonlyMap<string, T>[],
  neutralize: (name: string, side: number) => string,
  isSame: (first: T, other: T) => boolean = () => false,
): AlignedRow<T>[] {
  const found = new Map<string, First<T>>()
  for (const things of sides) {
    things.forEach((thing, name) => {
      const first = found.get(name)
      if (first === undefined) found.set(name, { thing, count: 1, differs: false })
      else {
        first.count += 1
        first.differs ||= !isSame(first.thing, thing)
      }
    })
  }
  const complete: Draft<T>[] = []
  const partial: Draft<T>[] = []
  found.forEach(({ count, differs }, name) => {
    const isComplete = count === sides.length
    if (isComplete && !differs) return
    const row = { name, items: sides.map(things => things.get(name)), ambiguous: false }
    ;(isComplete ? complete : partial).push(row)
  })
  const isEverywhere = (name: string) => found.get(name)?.count === sides.length
  return [...complete, ...mergePartial(partial, isEverywhere, neutralize)]
}

/** What the first platform that has something of a name has, and how the others compare. */
interface First<T> {
  readonly thing: T
  count: number
  differs: boolean
}

function mergePartial<T>(
  partial: readonly Draft<T>[],
  isEverywhere: (name: string) => boolean,
  neutralize: (name: string, side: number) => string,
): Draft<T>[] {
  const names = partial.map(row =>
    row.items.map((item, side) => (item === undefined ? undefined : neutralize(row.name, side))),
  )
  // Which platforms have something under each neutral name.
  const sidesOf = new Map<string, Set<number>>()
  for (const row of names) {
    row.forEach((name, side) => {
      if (name === undefined) return
      const known = sidesOf.get(name)
      if (known === undefined) sidesOf.set(name, new Set([side]))
      else known.add(side)
    })
  }
  const isOnMore = (name: string, items: Draft<T>['items']): boolean => {
    for (const side of sidesOf.get(name) ?? []) if (items[side] === undefined) return true
    return false
  }
  const merged = new Map<string, Draft<T>>()
  const result: Draft<T>[] = []
  partial.forEach((row, index) => {
    const own = names[index] ?? []
    if (!own.some(name => name !== undefined && isOnMore(name, row.items))) {
      // `usr/lib64/x` beside a `usr/lib/x` that all platforms have is a second copy, not a thing of its own.
      const isCopy = own.every(name => name === undefined || (name !== row.name && isEverywhere(name)))
      if (!isCopy) result.push(row)
      return
    }
    own.forEach((name, side) => {
      const item = row.items[side]
      if (name === undefined || item === undefined) return
      let target = merged.get(name)
      if (target === undefined) {
        target = { name, items: new Array<T | undefined>(row.items.length).fill(undefined), ambiguous: false }
        merged.set(name, target)
        result.push(target)
      }
      if (target.items[side] === undefined) target.items[side] = item
      else target.ambiguous = true
    })
  })
  return result
}
