import type { CheckError } from '../model/check.js'

/** Why a check ends without its author having said so. */
export type FailureKind = Extract<CheckError['kind'], 'timeout' | 'guard' | 'infrastructure' | 'exception'>

/**
 * Ends a check with a reason that the main process can tell apart without reading messages: `archparity`
 * carries it across the process boundary. `infrastructure` makes the check errored, the others failed.
 */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'
  readonly archparity: FailureKind
  readonly code: string

  constructor(kind: FailureKind, code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.archparity = kind
    this.code = code
  }
}

/** Marks anything that the engine's client throws as the infrastructure's failure, in words. */
export function wrapEngineError(error: unknown, what: string): CheckFailure {
  if (error instanceof CheckFailure) return error
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  const lost = /ECONNREFUSED|ENOENT|ECONNRESET|EPIPE|socket hang up|ETIMEDOUT/.test(
    `${code ?? ''} ${message ?? ''}`,
  )
  return new CheckFailure(
    'infrastructure',
    lost ? 'ENGINE_LOST' : 'ENGINE_FAILED',
    `${what}: ${lost ? 'the engine does not answer' : `the engine says${statusCode ? ` (${statusCode})` : ''}`}: ${String(message ?? error).slice(0, 500)}`,
    error,
  )
}
