/**
 * Every code that archparity raises, with what it means for a run:
 * - `usage`: what the user gave is wrong (exit code 2);
 * - `coverage`: something outside was lost, so that part of the question stays unanswered (exit code 3);
 * - `internal`: a fault of archparity's own (exit code 2, with a request to report it).
 */
const CATEGORIES = {
  USAGE: 'usage',
  CONFIG_INVALID: 'usage',
  REFERENCE_INVALID: 'usage',
  LAYOUT_INVALID: 'usage',
  SUITE_INVALID: 'usage',
  NO_SUITES: 'usage',
  LOG_INVALID: 'usage',
  LOGS_DIFFER: 'usage',
  REGISTRY_NOT_FOUND: 'usage',
  REGISTRY_UNAUTHORIZED: 'usage',
  REGISTRY_DENIED: 'usage',
  REGISTRY_TLS: 'usage',
  CREDENTIALS_INVALID: 'usage',
  REGISTRY_UNREACHABLE: 'coverage',
  REGISTRY_FAILED: 'coverage',
  DIGEST_MISMATCH: 'coverage',
  MANIFEST_INVALID: 'coverage',
  NO_RUNNABLE_PLATFORM: 'coverage',
  ENGINE_UNAVAILABLE: 'coverage',
  ENGINE_UNSUPPORTED: 'coverage',
  HOST_KEY: 'coverage',
  HOST_MISMATCH: 'coverage',
  ENGINE_LOST: 'coverage',
  PULL_FAILED: 'coverage',
  PULL_UNPROVEN: 'coverage',
  CONTAINER_FAILED: 'coverage',
  TEMPORARY_FAILED: 'coverage',
  REPORT_FAILED: 'coverage',
  INTERNAL: 'internal',
} as const

export type ErrorCode = keyof typeof CATEGORIES
export type ErrorCategory = (typeof CATEGORIES)[ErrorCode]

/** Where and why, for the one who reads it; never a secret. */
export interface ErrorContext {
  /** What to do next: a command or a change, one or two sentences. */
  readonly hint?: string
  readonly cause?: unknown
  /** Facts for machines: status, url (redacted), platform, host, file, key. */
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * The one error type that archparity raises on purpose. `message` says what happened and where; `hint` says
 * what to do next. Anything else that is thrown is a bug and is shown as one.
 */
export class ArchparityError extends Error {
  override readonly name = 'ArchparityError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause })
    this.code = code
    this.hint = context.hint
    this.details = context.details ?? {}
  }

  get category(): ErrorCategory {
    return CATEGORIES[this.code]
  }
}

/** The message of anything that was thrown, for use inside another message. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0 && !error.message) {
    return error.errors.map(describeError).join('; ')
  }
  return error instanceof Error ? error.message : String(error)
}
