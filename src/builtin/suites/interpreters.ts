/** Versions and features of the interpreters, which are to be the same on every platform. */
import { expect, test, useContainer } from '../../worker/suite.js'
import { INTERPRETER_QUESTIONS, readFeatures } from '../interpreter-questions.js'
import { readBuiltinPlan, skipWithout } from '../read-plan.js'

useContainer({ start: 'idle' })

const plan = readBuiltinPlan()
skipWithout(plan?.interpreters, 'interpreters')

for (const { interpreter, path } of plan?.interpreters ?? []) {
  test(interpreter, async ({ checkScope, observe }) => {
    if (path === undefined) return observe('features', 'not there')
    const answer = await checkScope.probe([path, ...INTERPRETER_QUESTIONS[interpreter]])
    const features = readFeatures(interpreter, answer)
    if (features === undefined) answer.record()
    expect(
      features,
      `${path} ended with ${answer.signal ?? answer.exitCode}: ${answer.stderr.slice(-500)}`,
    ).toBeDefined()
    for (const [name, value] of Object.entries(features ?? {})) observe(name, value)
  })
}
