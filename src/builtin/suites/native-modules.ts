/** Every native module of an interpreter loads. */
import { test, useContainer } from '../../worker/suite.js'
import { loadModules } from '../load-modules.js'
import { readBuiltinPlan, skipWithout, tellOmitted } from '../read-plan.js'

useContainer({ start: 'idle' })

const plan = readBuiltinPlan()
skipWithout(plan?.modules, 'native modules')
tellOmitted(plan?.omitted.modules, 'modules')

for (const { name, interpreter, modules } of plan?.modules ?? []) {
  // Nothing is demanded: optional parts fail everywhere alike. What is not the same everywhere is the finding.
  test(name, async ({ checkScope, observe, skip }) => {
    const program = plan?.interpreters.find(each => each.interpreter === interpreter)?.path
    if (program === undefined) return skip(`this platform has no ${interpreter}`)
    const present = modules.flatMap(({ load }) => load ?? [])
    const outcomes = await loadModules(interpreter, program, present, argv => checkScope.probe(argv))
    for (const { name: module, load, elsewhere } of modules) {
      const outcome =
        load === undefined ? `not there; elsewhere ${elsewhere}` : (outcomes.get(load) ?? 'not tried')
      observe(module, outcome)
    }
  })
}
