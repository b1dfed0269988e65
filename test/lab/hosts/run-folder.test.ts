import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../../../scripts/setup/places.mjs'
import { listHostLeftovers } from './list-host-leftovers.js'
import { findHostProblem, HOST_START_MS } from './requirements.js'
import { sweepRunFolders } from './run-folder.js'

const problem = await findHostProblem('ssh')

/** A program that starts a host and waits: this Node may not run TypeScript by itself, and vite does. */
const STARTER = `
const { runnerImport } = await import('vite')
const { module } = await runnerImport(process.argv[1], { configFile: false, logLevel: 'error' })
await module.startForEver(process.argv[2])
`

// A parent of its own: were the sweeping wrong, it would end the hosts of everybody else on this machine.
test.skipIf(problem)(
  'what a killed process has left is removed by the next start',
  async () => {
    const parent = await mkdtemp('/tmp/lab-')
    onTestFinished(() => rm(parent, { recursive: true, force: true }))
    const starter = execa(
      process.execPath,
      ['--input-type=module', '--eval', STARTER, path.join(import.meta.dirname, 'fixture-host.ts'), parent],
      { cwd: ROOT, reject: false, stdin: 'ignore', all: true },
    )
    onTestFinished(() => void starter.kill('SIGKILL'))
    const started = await new Promise<string>(resolve => {
      starter.all.on('data', chunk => resolve(String(chunk)))
    })
    expect(started).toBe('started\n')
    const pid = starter.pid ?? 0
    expect((await listHostLeftovers(pid, parent)).filter(line => line.startsWith('process'))).not.toEqual([])
    await sweepRunFolders(parent)
    expect(await listHostLeftovers(pid, parent), 'its owner is alive').not.toEqual([])
    starter.kill('SIGKILL')
    await starter
    await sweepRunFolders(parent)
    expect(await listHostLeftovers(pid, parent)).toEqual([])
  },
  HOST_START_MS,
)
