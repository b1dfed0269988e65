import { expect, test } from 'vitest'
import { awaitAnswer } from '../../../src/worker/guard/await-answer.js'

test('an answer is given on', async () => {
  expect(await awaitAnswer(Promise.resolve(['a']), 1000)).toEqual(['a'])
})

test('no answer ends the waiting', async () => {
  expect(await awaitAnswer(new Promise(() => {}), 10)).toBeUndefined()
})

test('what the engine refuses is thrown', async () => {
  await expect(awaitAnswer(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no')
})
