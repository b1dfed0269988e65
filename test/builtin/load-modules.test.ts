import { expect, test } from 'vitest'
import { MARK } from '../../src/builtin/answer-mark.js'
import { loadModules } from '../../src/builtin/load-modules.js'
import { answer } from './answer.js'

test('a module that ends the interpreter is named, and those after it are tried', async () => {
  const asked: string[][] = []
  const outcomes = await loadModules('perl', '/usr/bin/perl', ['A', 'B', 'C'], async argv => {
    const modules = argv.slice(argv.indexOf('--') + 1)
    asked.push(modules)
    return modules[0] === 'A'
      ? answer(`noise\n${MARK}loads\n`, { exitCode: 139, signal: 'SIGSEGV' })
      : answer(`${MARK}Can't load\n`)
  })
  expect(asked).toEqual([['A', 'B', 'C'], ['C']])
  expect(Object.fromEntries(outcomes)).toEqual({
    A: 'loads',
    B: 'ends the interpreter with SIGSEGV',
    C: "Can't load",
  })
})

test('an interpreter that cannot be started is asked once', async () => {
  let calls = 0
  const outcomes = await loadModules('node', '/usr/bin/node', ['/a.node', '/b.node'], async () => {
    calls += 1
    return answer('', { exitCode: 127, startError: 'not-found' })
  })
  expect(calls).toBe(1)
  expect([...outcomes.values()]).toEqual(['the interpreter cannot be started (not-found)'])
})
