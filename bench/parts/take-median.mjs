// @ts-check
/**
 * The middle one; of an even count the upper of the two.
 * @param {readonly number[]} numbers at least one
 */
export function takeMedian(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
