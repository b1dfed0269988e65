/** An expectation of a declared suite that does not hold: classified like one of `expect`. */
export class ExpectationError extends Error {
  override readonly name = 'AssertionError'
  /** Frames of archparity's own would only stand between the reader and the suite. */
  override readonly stack = ''
}

/** Throws where there are problems, one sentence each. */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new ExpectationError(problems.join('\n'))
}
