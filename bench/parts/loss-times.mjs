// @ts-check
import { setTimeout as sleep } from 'node:timers/promises'
import { createProject } from './project.mjs'
import { readEvents, waitForEvent } from './run-log.mjs'
import { takeMedian } from './take-median.mjs'

const FLAGS = ['--platform', 'linux/amd64', '--no-noise', '--no-audit', '--no-local']
/** Longer than any loss takes to be told: nothing else may end the check. */
const SUITE = `import { test } from 'archparity/suite'
test('begins', async ({ exec }) => { await exec('uname -s') })
test('sleeps', async ({ exec }) => { await exec('sleep 55') })
test('ends', async ({ exec }) => { await exec('uname -s') })
`
/** How often a run asks its engine whether it lives: faults are spread over that time. */
const PING_INTERVAL_MS = 2000

/**
 * What can happen to a host, and what mends it.
 * @param {import('./lab-hosts.mjs').SshHost} host
 * @returns {readonly (readonly [what: string, harm: () => Promise<void>, mend: () => Promise<void>])[]}
 */
function listFaults(host) {
  return [
    ['the ssh connection is cut', host.dropConnections, async () => {}],
    ['the engine is killed', host.killEngine, host.startEngine],
    ['the host is frozen', host.freeze, host.thaw],
    ['the network swallows everything', host.cutNetwork, host.healNetwork],
  ]
}

/**
 * Lets each fault happen in the middle of a check.
 * @param {string} image
 * @param {import('./lab-hosts.mjs').SshHost} host
 * @param {number} rounds
 * @param {import('../../scripts/setup/undo-stack.mjs').UndoStack} undo
 * @returns {Promise<string[][]>} rows of a table, its head first
 */
export async function measureLossTimes(image, host, rounds, undo) {
  const project = createProject(SUITE, undo)
  const rows = [['fault', 'from the fault to host-lost', 'from the fault to the end of the command']]
  for (const [what, harm, mend] of listFaults(host)) {
    /** @type {{ told: number, ended: number }[]} */
    const times = []
    for (let round = 0; round < rounds; round++) {
      const running = project.run([image, ...FLAGS, '--host', `far=${host.endpoint}`], host.env)
      const delay = 1000 + (round / rounds) * PING_INTERVAL_MS
      times.push(await measureLoss(project.log, running, delay, harm).finally(mend))
    }
    rows.push([what, wordTimes(times.map(({ told }) => told)), wordTimes(times.map(({ ended }) => ended))])
  }
  return rows
}

/**
 * @param {string} log
 * @param {Promise<import('./project.mjs').Ended>} running
 * @param {number} delay
 * @param {() => Promise<void>} harm
 */
async function measureLoss(log, running, delay, harm) {
  await waitForEvent(log, event => event.type === 'check-started' && event.check.name === 'sleeps')
  await sleep(delay)
  const since = Date.now()
  await harm()
  const { at, exitCode, output } = await running
  const lost = readEvents(log).find(event => event.type === 'host-lost')
  if (lost === undefined || exitCode !== 3)
    throw new Error(`the loss of the host was not told (exit code ${exitCode}):\n${output}`)
  return { told: (Date.parse(lost.at) - since) / 1000, ended: (at - since) / 1000 }
}

/** @param {readonly number[]} seconds */
function wordTimes(seconds) {
  return `${takeMedian(seconds).toFixed(1)} s (worst ${Math.max(...seconds).toFixed(1)} s)`
}
