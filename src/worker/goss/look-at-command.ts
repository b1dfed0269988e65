import type { GossCheck } from '../../suites/goss/goss-suite.js'
import { asksFor } from '../../suites/goss/judge-check.js'
import { splitSimpleLine } from '../exec/shell-line.js'
import { CheckFailure } from '../failure.js'
import { getWorker } from '../worker.js'
import type { Look, Sight } from './look.js'

/** Runs a command line in the container, in its shell; where it has none, what needs no shell. */
export async function lookAtCommand(check: GossCheck, look: Look): Promise<Sight> {
  const { context } = getWorker()
  const line = check.subject
  const command = context.shell === undefined ? (splitSimpleLine(line) ?? line) : line
  const result = await look.exec(command, { timeoutMs: (check.timeoutMs ?? 10_000) * context.timeScale })
  if (result.truncated && asksFor(check, 'stdout', 'stderr'))
    throw new CheckFailure(
      'exception',
      'OUTPUT_TRUNCATED',
      'The output is longer than what is kept of it, so it cannot be judged: raise maxOutput',
    )
  return {
    found: {
      'exit-status': { value: result.exitCode },
      stdout: { text: result.stdout },
      stderr: { text: result.stderr },
    },
    // Running it has recorded it.
    observations: [],
  }
}
