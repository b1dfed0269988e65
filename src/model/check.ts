/** Names one check in a run. Stable under reordering of the suite; `line` is for people only. */
export interface CheckRef {
  /** `file > name`, with ` #2` and so on where a file repeats a name. */
  readonly id: string
  /** Path of the suite file, relative to the project's root, with forward slashes. */
  readonly file: string
  /** Enclosing `describe` names and the test's own, joined by ` > `. */
  readonly name: string
  readonly line?: number
}

/** Why a check did not pass. */
export interface CheckError {
  /** `assertion`: an expectation did not hold. `exception`: the check's code threw. */
  readonly kind: 'assertion' | 'exception' | 'timeout' | 'guard' | 'infrastructure'
  /** A code of `ArchparityError` where there is one. */
  readonly code?: string
  readonly message: string
  readonly diff?: string
  readonly stack?: string
}

/** The id of a check: its file and name, and which of the file's checks of that name it is (from 0). */
export function makeCheckId(file: string, name: string, ordinal: number): string {
  return `${file} > ${name}${ordinal === 0 ? '' : ` #${ordinal + 1}`}`
}
