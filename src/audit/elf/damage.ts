/** Takes a sentence about what of the file cannot be read; the first one is kept, since others follow from it. */
export interface DamageLog {
  report(sentence: string): void
  readonly first: string | undefined
}

export function createDamageLog(): DamageLog {
  let first: string | undefined
  return {
    report(sentence) {
      first ??= sentence
    },
    get first() {
      return first
    },
  }
}
