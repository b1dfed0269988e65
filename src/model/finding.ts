/** Whose fault it is (DESIGN: attribution). `unattributed` says that the evidence does not decide. */
export type Cause = 'image' | 'architecture' | 'emulation' | 'host' | 'nondeterminism' | 'unattributed'

/** A fact that a cause rests on: data first, and a sentence that shows it. */
export interface Evidence {
  readonly kind:
    | 'exit-code'
    | 'signal'
    | 'timeout'
    | 'start-error'
    | 'output-line'
    | 'emulator-signature'
    | 'elf-machine'
    | 'executed'
    | 'value'
    | 'error'
    | 'host-fact'
    | 'image-fact'
    | 'attempts'
    | 'static'
    | 'duration'
  /** Id of the target that it was seen on. */
  readonly target?: string
  readonly text: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** One thing to tell the user. */
export interface Finding {
  /** Stable between runs: made of cause-independent parts (kind, platforms, checks). */
  readonly key: string
  readonly kind: 'failure' | 'difference' | 'guard' | 'flaky' | 'metadata' | 'audit' | 'host' | 'slow'
  readonly cause: Cause
  readonly title: string
  /** Formatted platforms concerned, in the image's order. */
  readonly platforms: readonly string[]
  readonly targets: readonly string[]
  /** Ids of the checks concerned. */
  readonly checks: readonly string[]
  readonly evidence: readonly Evidence[]
  /** What to do next, in one or two sentences. */
  readonly advice: string
  /** Commands that show the problem without archparity. */
  readonly reproduce: readonly string[]
}
