/** A small fixed workload, whose duration is recorded: how much slower a platform is shows in the report. */
import { expect, test, useContainer } from '../../worker/suite.js'
import { getWorker } from '../../worker/worker.js'

useContainer({ start: 'idle' })

const COUNT = 'i=0; while [ "$i" -lt 20000 ]; do i=$((i+1)); done; echo "$i"'
const START = 'i=0; while [ "$i" -lt 50 ]; do i=$((i+1)); (exit 0); done; echo "$i"'

test('a loop of the shell', async ({ exec, skip }) => {
  const { shell } = getWorker().context
  if (shell === undefined) return skip('the image has no shell')
  expect((await exec([shell, '-c', COUNT])).stdout).toBe('20000\n')
})

test('processes of the shell', async ({ exec, skip }) => {
  const { shell } = getWorker().context
  if (shell === undefined) return skip('the image has no shell')
  expect((await exec([shell, '-c', START])).stdout).toBe('50\n')
})
