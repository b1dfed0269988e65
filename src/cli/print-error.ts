import pc from 'picocolors'
import { ArchparityError, describeError } from '../errors.js'
import { sanitizeBlock } from '../report/sanitize.js'
import { EXIT, exitCodeOfError } from './exit-codes.js'

/** Shows an error as a user needs it (what, then what to do) and returns the exit code that it means. */
export function printError(error: unknown, stream: NodeJS.WriteStream = process.stderr): number {
  const colors = pc.createColors(stream.isTTY === true && !process.env.NO_COLOR)
  if (error instanceof ArchparityError) {
    stream.write(`${colors.red('error')} ${sanitizeBlock(error.message)}\n`)
    if (error.hint !== undefined) stream.write(`${colors.cyan('  try')} ${sanitizeBlock(error.hint)}\n`)
    return exitCodeOfError(error.category)
  }
  const shown = error instanceof Error && error.stack !== undefined ? error.stack : describeError(error)
  stream.write(
    `${colors.red('error')} archparity itself failed. Please report this with the text below.\n${sanitizeBlock(shown)}\n`,
  )
  return EXIT.usage
}
