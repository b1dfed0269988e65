import path from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { ROOT } from '../../../scripts/setup/places.mjs'
import { listHostLeftovers } from './list-host-leftovers.js'
import { findHostProblem } from './requirements.js'
import { sweepRunFolders } from './run-folder.js'

const problem = await findHostProblem('ssh')

/** A program that starts a host and waits: this Node may not run TypeScript by itself, and vite does. */
const STARTER = `
const { runnerImport } = await import('vite')
const { module } = await runnerImport(process.argv[1], { configFile: false, logLevel: 'error' })
await module.startForEver()
`

test.skipIf(problem)('what a killed process has left is removed by the next start', async () => {
  const starter = execa(
    process.execPath,
    ['--input-type=module', '--eval', STARTER, path.join(import.meta.dirname, 'fixture-host.ts')],
    { cwd: ROOT, reject: false, stdin: 'ignore', all: true },
  )
  const started = await new Promise<string>(resolve => {
    starter.all.on('data', chunk => resolve(String(chunk)))
  })
  expect(started).toBe('started\n')
  const pid = starter.pid ?? 0
  expect((await listHostLeftovers(pid)).filter(line => line.startsWith('process'))).not.toEqual([])
  await sweepRunFolders()
  expect(await listHostLeftovers(pid), 'its owner is alive').not.toEqual([])
  starter.kill('SIGKILL')
  await starter
  await sweepRunFolders()
  expect(await listHostLeftovers(pid)).toEqual([])
})
