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
 * Only those are made neutral, so that aligning costs little more than looking names up.
 */
export function alignByName<T>(
  sides: readonly ReadonlyMap<string, T>[],
  neutralize: (name: string, side: number) => string,
): AlignedRow<T>[] {
  const rows = new Map<string, Draft<T>>()
  for (const [side, things] of sides.entries()) {
    for (const [name, thing] of things) {
      let row = rows.get(name)
      if (row === undefined) {
        row = { name, items: new Array<T | undefined>(sides.length).fill(undefined), ambiguous: false }
        rows.set(name, row)
      }
      row.items[side] = thing
    }
  }
  const complete: Draft<T>[] = []
  const partial: Draft<T>[] = []
  for (const row of rows.values()) (row.items.includes(undefined) ? partial : complete).push(row)
  return [...complete, ...mergePartial(partial, rows, neutralize)]
}

function mergePartial<T>(
  partial: readonly Draft<T>[],
  rows: ReadonlyMap<string, Draft<T>>,
  neutralize: (name: string, side: number) => string,
): Draft<T>[] {
  const names = partial.map(row =>
    row.items.map((item, side) => (item === undefined ? undefined : neutralize(row.name, side))),
  )
  // Which platforms have something under each neutral name.
  const sidesOf = new Map<string, Set<number>>()
  for (const row of names) {
    for (const [side, name] of row.entries()) {
      if (name === undefined) continue
      const known = sidesOf.get(name)
      if (known === undefined) sidesOf.set(name, new Set([side]))
      else known.add(side)
    }
  }
  const merged = new Map<string, Draft<T>>()
  const result: Draft<T>[] = []
  for (const [index, row] of partial.entries()) {
    const own = names[index] ?? []
    const gains = own.some(
      name =>
        name !== undefined && [...(sidesOf.get(name) ?? [])].some(side => row.items[side] === undefined),
    )
    if (!gains) {
      // `usr/lib64/x` beside a `usr/lib/x` that all platforms have is a second copy, not a thing of its own.
      const names = new Set(own.filter(name => name !== undefined))
      const isCopy = [...names].every(name => name !== row.name && isComplete(rows.get(name)))
      if (!isCopy) result.push(row)
      continue
    }
    for (const [side, name] of own.entries()) {
      const item = row.items[side]
      if (name === undefined || item === undefined) continue
      let target = merged.get(name)
      if (target === undefined) {
        target = { name, items: new Array<T | undefined>(row.items.length).fill(undefined), ambiguous: false }
        merged.set(name, target)
        result.push(target)
      }
      if (target.items[side] === undefined) target.items[side] = item
      else target.ambiguous = true
    }
  }
  return result
}

function isComplete<T>(row: Draft<T> | undefined): boolean {
  return row !== undefined && !row.items.includes(undefined)
}
