/** Every dynamic program's libraries are found by the image's own loader. */
import { expect, test, useContainer } from '../../worker/suite.js'
import { readLoaderAnswer } from '../loader-answer.js'
import { readBuiltinPlan, skipWithout, tellOmitted } from '../read-plan.js'

useContainer({ start: 'idle' })

const plan = readBuiltinPlan()
skipWithout(plan?.programs, 'dynamic programs')
tellOmitted(plan?.omitted.programs, 'programs')

for (const { name, programs } of plan?.programs ?? []) {
  test(name, async ({ checkScope, skip }) => {
    const here = programs.filter(({ path }) => path !== undefined)
    if (here.length === 0) skip('this platform has none of them')
    const lacks: string[] = []
    for (const { path = '', loader = '' } of here) {
      const answer = await checkScope.probe([loader, '--list', path])
      const lack = readLoaderAnswer(answer, loader)
      if (lack === undefined) continue
      answer.record()
      lacks.push(`${path}: ${lack}`)
    }
    expect(lacks, 'programs that the loader cannot start').toEqual([])
  })
}
