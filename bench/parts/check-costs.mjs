// @ts-check
import { writeCommandChecks } from './command-suite.mjs'
import { WAYS } from './lab-hosts.mjs'
import { createProject } from './project.mjs'
import { readEvents } from './run-log.mjs'
import { takeMedian } from './take-median.mjs'

const KINDS = /** @type {const} */ (['exec', 'file', 'http'])
const OTHERS = 10
const FLAGS = ['--platform', 'linux/amd64', '--no-noise', '--no-audit']

/**
 * What one run took.
 * @typedef {object} Cost
 * @property {number} seconds the whole command
 * @property {Readonly<Record<string, number>>} each milliseconds of a check of each kind: the median
 * @property {string} engine
 */

/**
 * Runs one suite on each way alone, in turns, so that all of them have the same weather.
 * @param {string} image with a busybox
 * @param {readonly import('./lab-hosts.mjs').Way[]} ways
 * @param {number} rounds
 * @param {import('../../scripts/setup/undo-stack.mjs').UndoStack} undo
 * @returns {Promise<string[][]>} rows of a table, its head first
 */
export async function measureCheckCosts(image, ways, rounds, undo) {
  const project = createProject(writeSuite(), undo)
  const measure = async (/** @type {import('./lab-hosts.mjs').Way} */ { flags, env }) => {
    const { exitCode, seconds, output } = await project.run([image, ...FLAGS, ...flags], env)
    if (exitCode !== 0) throw new Error(`a run failed: ${flags.join(' ')}\n${output}`)
    return readCost(project.log, seconds)
  }
  // Pulls, so that no round pays for it.
  for (const way of ways) await measure(way)
  /** @type {Cost[][]} */
  const costs = ways.map(() => [])
  for (let round = 0; round < rounds; round++)
    for (const [index, way] of ways.entries()) costs[index]?.push(await measure(way))
  return writeRows(costs)
}

function writeSuite() {
  const others = Array.from({ length: OTHERS }, (_, index) => [
    `test('file ${index}', async ({ file }) => { expect((await file('/etc/passwd')).exists).toBe(true) })\n`,
    `test('http ${index}', async ({ http }) => { expect((await http('/passwd')).status).toBe(200) })\n`,
  ])
  return `import { expect, test, useContainer } from 'archparity/suite'
useContainer({
  entrypoint: ['/bin/busybox', 'httpd', '-f', '-p', '8080', '-h', '/etc'],
  command: [],
  ports: [8080],
  ready: { port: 8080 },
})
${writeCommandChecks()}${others.flat().join('')}`
}

/**
 * @param {string} log
 * @param {number} seconds
 * @returns {Cost}
 */
function readCost(log, seconds) {
  const events = readEvents(log)
  const checks = events.flatMap(event => (event.type === 'check-finished' ? [event] : []))
  const ready = events.flatMap(event => (event.type === 'host-ready' ? [event.facts.engine] : []))
  const listTimes = (/** @type {string} */ kind) =>
    checks.filter(({ check }) => check.name.startsWith(kind)).map(({ durationMs }) => durationMs)
  return {
    seconds,
    each: Object.fromEntries(KINDS.map(kind => [kind, takeMedian(listTimes(kind))])),
    engine: ready.map(({ name, version }) => `${name} ${version}`).join(', '),
  }
}

/** @param {readonly (readonly Cost[])[]} costs of each way */
function writeRows(costs) {
  const medians = costs.map(list => [
    takeMedian(list.map(({ seconds }) => seconds)),
    ...KINDS.map(kind => takeMedian(list.map(({ each }) => each[kind] ?? Number.NaN))),
  ])
  const word = (/** @type {number} */ value, /** @type {number} */ column) =>
    column === 0 ? `${value.toFixed(1)} s` : `${value.toFixed(1)} ms`
  const [local = [], socket = [], ssh = []] = medians
  const divide = (/** @type {readonly number[]} */ by) =>
    ssh.map((value, column) => (value / (by[column] ?? Number.NaN)).toFixed(2))
  return [
    ['way', 'engine', 'whole command', ...KINDS.map(kind => `${kind} check`)],
    ...medians.map((row, way) => [WAYS[way] ?? '', costs[way]?.[0]?.engine ?? '', ...row.map(word)]),
    ["ssh:// ÷ this machine's engine", '', ...divide(local)],
    ['ssh:// ÷ the same engine by its socket', '', ...divide(socket)],
  ]
}
