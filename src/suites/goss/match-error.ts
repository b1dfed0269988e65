/** A matcher that cannot be applied to what was found; goss calls that an error, and its check fails. */
export class MatchError extends Error {
  override readonly name = 'MatchError'
}
