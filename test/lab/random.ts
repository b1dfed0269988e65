/** A number in [0, 1), the next of a fixed sequence. */
export type Random = () => number

/** A generator whose sequence depends on `seed` alone (mulberry32), so that a fuzz test always tries the same. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** An integer from 0 to `below` - 1. */
export function pickNumber(random: Random, below: number): number {
  return Math.floor(random() * below)
}

/** `text` after one to four small damages: a character put in, taken out or replaced, a piece repeated or cut. */
export function mutateText(random: Random, text: string, alphabet: string): string {
  let result = text
  for (let count = 1 + pickNumber(random, 4); count > 0; count -= 1) {
    const at = pickNumber(random, result.length + 1)
    const to = at + pickNumber(random, 4)
    const character = alphabet[pickNumber(random, alphabet.length)] ?? ''
    const change = pickNumber(random, 4)
    if (change === 0) result = result.slice(0, at) + character + result.slice(at)
    else if (change === 1) result = result.slice(0, at) + result.slice(to)
    else if (change === 2) result = result.slice(0, at) + character + result.slice(at + 1)
    else result = result.slice(0, to) + result.slice(at)
  }
  return result
}
