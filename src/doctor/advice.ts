import type { KnownHost } from './known-host.js'

/** What mends a defect, in words of the host itself: a line for its shell, or arguments of its engine's command. */
export type Mend = { readonly shell: string } | { readonly engine: string }

/** `fix`: something cannot be tested, or soon not any more, until it is followed. `note`: worth knowing. */
export type Severity = 'fix' | 'note'

/** What a rule says of a host; where the command must be typed is added afterwards. */
export interface Draft {
  readonly severity: Severity
  readonly title: string
  readonly why?: string
  readonly mend?: Mend
}

/** One check of `doctor`: a pure function of what is known of a host. Nothing wrong gives nothing. */
export type Rule = (host: KnownHost) => readonly Draft[]

/** What the user is told. */
export interface Advice {
  /** Id of the rule, for machines. */
  readonly rule: string
  readonly severity: Severity
  readonly title: string
  readonly why?: string
  /** A line to copy. */
  readonly command?: string
  /** Where it must be typed; absent where that is this machine. */
  readonly where?: string
}
