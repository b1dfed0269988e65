import type { Split } from './split.js'

/** `a`, `a and b`, `a, b and c`. */
export function joinLabels(labels: readonly string[]): string {
  if (labels.length < 2) return labels.join('')
  return `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`
}

/** `1 file`, `3 files`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Labels of platforms by position, in the image's order. */
export function labelsOf(positions: readonly number[], labels: readonly string[]): string[] {
  return [...positions].sort((a, b) => a - b).map(position => labels[position] ?? '')
}

/** `1.2 MB`, in powers of ten. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/**
 * `a on linux/amd64 and linux/arm64; b on linux/s390x`, for the values of a split.
 */
export function describeClasses(split: Split, labels: readonly string[], limit = 120): string {
  return split.classes
    .map(one => `${cutText(one.value, limit)} on ${joinLabels(labelsOf(one.members, labels))}`)
    .join('; ')
}

/** A text of at most that many characters. */
export function cutText(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`
}
