import type { Probe } from '../worker/check-scope.js'
import { MARK } from './answer-mark.js'
import type { Interpreter } from './builtin-plan.js'
import { LOADERS } from './module-loaders.js'

/** Modules that end their interpreter are tried by themselves, but not without end. */
const MAX_CRASHES = 20

/**
 * Has an interpreter load modules one after another and tells of each `loads`, what it threw, or how the process ended
 * while it was loaded; then the rest is tried in a new process. `probe` runs a program in the image.
 */
export async function loadModules(
  interpreter: Interpreter,
  program: string,
  modules: readonly string[],
  probe: (argv: readonly string[]) => Promise<Probe>,
): Promise<ReadonlyMap<string, string>> {
  const outcomes = new Map<string, string>()
  const makeArgv = LOADERS[interpreter]
  if (makeArgv === undefined) return outcomes
  let rest = modules
  for (let crashes = 0; rest.length > 0 && crashes <= MAX_CRASHES; crashes += 1) {
    const answer = await probe(makeArgv(program, rest))
    const said = readAnswers(answer.stdout)
    for (const [index, outcome] of said.entries()) {
      const module = rest[index]
      if (module !== undefined) outcomes.set(module, outcome)
    }
    const crashed = rest[said.length]
    if (crashed === undefined) return outcomes
    answer.record()
    outcomes.set(crashed, describeEnd(answer))
    // One that cannot even be started will not start for the next module either.
    if (answer.startError !== undefined || answer.timedOut) return outcomes
    rest = rest.slice(said.length + 1)
  }
  return outcomes
}

const MAX_TEXT = 300

function readAnswers(stdout: string): string[] {
  return stdout.split('\n').flatMap(line => {
    const at = line.indexOf(MARK)
    return at < 0 ? [] : [line.slice(at + MARK.length, at + MARK.length + MAX_TEXT).trim()]
  })
}

/** How a probe ended that gave no answer. */
export function describeEnd({ exitCode, signal, timedOut, startError }: Probe): string {
  if (timedOut) return 'does not end'
  if (startError !== undefined) return `the interpreter cannot be started (${startError})`
  return `ends the interpreter with ${signal ?? `exit code ${exitCode}`}`
}
