// @ts-check

/** Something that set-up could not do: what and where, and in `fix` the command or change that helps. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [fix]
   */
  constructor(message, fix) {
    super(message)
    this.name = 'SetupError'
    this.fix = fix
  }
}

/**
 * Words any thrown thing for the terminal.
 * @param {unknown} error
 */
export function wordError(error) {
  if (error instanceof SetupError)
    return error.fix ? `${error.message}\nsetup: fix: ${error.fix}` : error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
