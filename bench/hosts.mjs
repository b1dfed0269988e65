// @ts-check
/**
 * What hosts cost, with the lab's own hosts on this machine:
 *   checks   100 exec, 10 file and 10 http checks on linux/amd64, on each kind of host alone, in turns
 *   losses   from a fault in the middle of a check to the event that tells of it, and to the end of the command
 * Usage: node bench/hosts.mjs IMAGE [ROUNDS [ROUNDS_OF_LOSSES]]   (the engine of DOCKER_HOST; only root on Debian)
 */
import { loadavg } from 'node:os'
import { holdForeground } from '../scripts/setup/foreground.mjs'
import { createUndoStack } from '../scripts/setup/undo-stack.mjs'
import { measureCheckCosts } from './parts/check-costs.mjs'
import { findLabProblem, startLabHosts } from './parts/lab-hosts.mjs'
import { measureLossTimes } from './parts/loss-times.mjs'
import { writeTable } from './parts/write-table.mjs'

const [image, rounds = '5', losses = '3'] = process.argv.slice(2)
if (image === undefined) {
  process.stderr.write('usage: node bench/hosts.mjs IMAGE [ROUNDS [ROUNDS_OF_LOSSES]]\n')
  process.exit(2)
}

const problem = await findLabProblem()
if (problem !== undefined) {
  process.stderr.write(`the lab's hosts cannot be had here: ${problem}\n`)
  process.exit(2)
}

const undo = createUndoStack()
const foreground = holdForeground(() => undo.undoAll())
try {
  await main(image)
} finally {
  await undo.undoAll()
  foreground.release()
}

/** @param {string} image */
async function main(image) {
  sayLoad('before')
  const { ssh, ways } = await startLabHosts(image.split('/')[0] ?? '', undo)
  const costs = await measureCheckCosts(image, ways, Number(rounds), undo)
  process.stdout.write(`checks, median of ${rounds} rounds\n${writeTable(costs)}`)
  sayLoad('between')
  const times = await measureLossTimes(image, ssh, Number(losses), undo)
  process.stdout.write(`losses of an ssh host, median of ${losses} rounds\n${writeTable(times)}`)
  sayLoad('after')
}

/**
 * Figures of a busy machine are worth little, and who reads them must see it.
 * @param {string} when
 */
function sayLoad(when) {
  process.stdout.write(`load average ${when}: ${loadavg()[0]?.toFixed(2)}\n`)
}
