import { compareText } from '../../model/platform.js'

/** What one platform has, and the same with the platform's own words made neutral. */
export interface SplitValue {
  readonly raw: string
  readonly neutral: string
}

/** Platforms that have the same value. */
export interface SplitClass {
  /** As the first of its platforms has it. */
  readonly value: string
  /** Positions of the platforms, ascending. */
  readonly members: readonly number[]
}

/** How platforms differ in one thing: at least two classes, the largest first. */
export interface Split {
  readonly classes: readonly SplitClass[]
  /** The class of more than half of the platforms: what the others are measured by. */
  readonly majority?: SplitClass
  /** Positions of the platforms that are wrong: all but the majority, or all where there is none. */
  readonly wrong: readonly number[]
}

/**
 * Groups platforms by value; undefined where all that take part agree. A platform whose value is undefined takes no
 * part. Two values are one where they are equal as written or with the platforms' own words made neutral. The order of
 * classes depends on sizes and labels alone, so that the order of an index changes nothing.
 */
export function splitValues(
  values: readonly (SplitValue | undefined)[],
  labels: readonly string[],
): Split | undefined {
  const first = values.find(value => value !== undefined)
  // Most values are equal as they are written, and this is asked of every path that differs in anything.
  if (values.every(value => value === undefined || value.raw === first?.raw)) return undefined
  const classes: { value: string; texts: Set<string>; members: number[] }[] = []
  for (const [position, value] of values.entries()) {
    if (value === undefined) continue
    // Raw and neutral text are kept apart: a neutral text never equals another platform's raw one by accident.
    const texts = [`r${value.raw}`, `n${value.neutral}`]
    const fitting = classes.filter(one => texts.some(text => one.texts.has(text)))
    const [first, ...others] = fitting
    if (first === undefined) {
      classes.push({ value: value.raw, texts: new Set(texts), members: [position] })
      continue
    }
    for (const text of texts) first.texts.add(text)
    first.members.push(position)
    for (const other of others) {
      for (const text of other.texts) first.texts.add(text)
      first.members.push(...other.members)
      classes.splice(classes.indexOf(other), 1)
    }
  }
  if (classes.length < 2) return undefined
  return judgeClasses(
    classes.map(({ value, members }) => ({ value, members: members.sort((a, b) => a - b) })),
    labels,
  )
}

/** The split of those that have something and those that lack it; undefined where one side is empty. */
export function splitPresence(
  present: readonly (boolean | undefined)[],
  labels: readonly string[],
): Split | undefined {
  return splitValues(
    present.map(one =>
      one === undefined
        ? undefined
        : one
          ? { raw: 'present', neutral: 'present' }
          : { raw: 'missing', neutral: 'missing' },
    ),
    labels,
  )
}

function judgeClasses(classes: SplitClass[], labels: readonly string[]): Split {
  const firstLabel = (one: SplitClass) =>
    one.members.map(member => labels[member] ?? '').sort(compareText)[0] ?? ''
  classes.sort((a, b) => b.members.length - a.members.length || compareText(firstLabel(a), firstLabel(b)))
  const total = classes.reduce((sum, one) => sum + one.members.length, 0)
  const largest = classes[0] as SplitClass
  const majority = largest.members.length * 2 > total ? largest : undefined
  const wrong = classes.filter(one => one !== majority).flatMap(one => one.members)
  return { classes, ...(majority ? { majority } : {}), wrong: wrong.sort((a, b) => a - b) }
}

/** Equal for splits that part the platforms the same way, whatever the values are. */
export function signSplit(split: Split): string {
  return split.classes.map(one => one.members.join(',')).join('|')
}

/**
 * Equal for splits by presence in which the same platforms lack something, and the same side is wrong. Who has it may
 * differ by a platform that could not be read.
 */
export function signMissing({ classes, majority }: Split): string {
  return `${classes.find(one => one.value === 'missing')?.members.join(',')} ${majority?.value}`
}
