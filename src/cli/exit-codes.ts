import type { ErrorCategory } from '../errors.js'

/** What a command's end means to the one who called it. The only place where the numbers are written. */
export const EXIT = {
  parity: 0,
  failed: 1,
  usage: 2,
  incomplete: 3,
  interrupted: 130,
} as const

export type Outcome = keyof typeof EXIT

/** The exit code of an error that ended a command before it could give a verdict. */
export function exitCodeOfError(category: ErrorCategory): number {
  return category === 'coverage' ? EXIT.incomplete : EXIT.usage
}
