import { execa } from 'execa'
import { expect, test } from 'vitest'
import type { Interpreter } from '../../src/builtin/builtin-plan.js'
import { INTERPRETER_QUESTIONS, readFeatures } from '../../src/builtin/interpreter-questions.js'
import { loadModules } from '../../src/builtin/load-modules.js'
import type { Probe } from '../../src/worker/check-scope.js'

/** Those that this machine has by itself: perl is essential in Debian, node runs this. */
const PROGRAMS = [
  ['perl', '/usr/bin/perl', 'List::Util', 'No::Such::Module'],
  ['node', process.execPath, 'node:fs', '/no/such.node'],
] as const satisfies readonly (readonly [Interpreter, string, string, string])[]

async function probe(argv: readonly string[]): Promise<Probe> {
  const [program = '', ...args] = argv
  const env = { PATH: process.env.PATH ?? '' }
  const result = await execa(program, args, {
    reject: false,
    env,
    extendEnv: false,
    stripFinalNewline: false,
  })
  const { stdout, stderr } = result
  return {
    ...{
      command: argv,
      stdout,
      stderr,
      exitCode: result.exitCode ?? -1,
      signal: undefined,
      startError: undefined,
    },
    ...{ stdoutBytes: Buffer.from(stdout), stderrBytes: Buffer.from(stderr), truncated: false },
    ...{ durationMs: 1, timedOut: false, record: () => {} },
  }
}

test.each(PROGRAMS)('%s answers what it is asked', async (interpreter, program) => {
  const answer = await probe([program, ...INTERPRETER_QUESTIONS[interpreter]])
  const features = readFeatures(interpreter, answer)
  expect(features, answer.stderr).toMatchObject({ version: expect.stringMatching(/^v?\d+\.\d+\.\d+$/) })
  expect(Object.keys(features ?? {}).length).toBeGreaterThan(4)
})

test.each(PROGRAMS)(
  '%s loads what is there and says why it does not load the rest',
  async (interpreter, program, good, bad) => {
    const outcomes = await loadModules(interpreter, program, [good, bad, good], probe)
    expect(outcomes.get(good)).toBe('loads')
    expect(outcomes.get(bad)).toMatch(
      /^(Can't locate No\/Such\/Module\.pm|Cannot find module '\/no\/such\.node')/,
    )
  },
)
