/**
 * 100 command checks on every platform of an image, three ways, in one run:
 *   archparity   the real command line, with its second pass on the reference platform and its reports
 *   loop         what people write by hand: `docker exec` for each command
 *   floor        one shell in each container that is given all the commands at once
 * Prints seconds and ratios; the ratios are what may be quoted.
 * Usage: node bench/command-checks.mjs IMAGE [ROUNDS]   (the engine of DOCKER_HOST; the `docker` command)
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { listCommands, writeCommandChecks } from './parts/command-suite.mjs'
import { createContainerRuns, measure } from './parts/container-runs.mjs'
import { CLI, makeFolder } from './parts/places.mjs'
import { takeMedian } from './parts/take-median.mjs'

const [image, rounds = '3'] = process.argv.slice(2)
if (image === undefined) {
  process.stderr.write('usage: node bench/command-checks.mjs IMAGE [ROUNDS]\n')
  process.exit(2)
}

const project = makeFolder()
const { run, runFloor, runLoop } = createContainerRuns(project)
try {
  main()
} finally {
  rmSync(project, { recursive: true, force: true })
}

function main() {
  const suite = `import { expect, test } from 'archparity/suite'\n${writeCommandChecks()}`
  mkdirSync(path.join(project, 'suites'))
  writeFileSync(path.join(project, 'suites', 'commands.suite.ts'), suite)
  const plan = JSON.parse(run(process.execPath, [CLI, 'plan', image, '--json']))
  const repository = plan.image.repository
  const images = plan.targets.map(target => `${repository}@${target.digest}`)
  // Pulls everything, so that no way of running pays for it.
  runArchparity([])
  const lists = { archparity: [], quick: [], loop: [], floor: [] }
  for (let round = 0; round < Number(rounds); round++) {
    lists.floor.push(measure(() => images.forEach(runFloor)))
    lists.archparity.push(measure(() => runArchparity([])))
    lists.quick.push(measure(() => runArchparity(['--no-noise'])))
    lists.loop.push(measure(() => images.forEach(runLoop)))
  }
  const [own, quick, loop, floor] = [lists.archparity, lists.quick, lists.loop, lists.floor].map(takeMedian)
  process.stdout.write(
    `${listCommands().length} command checks × ${images.length} platforms, median of ${rounds} rounds\n`,
  )
  process.stdout.write(`  loop of docker exec         ${loop.toFixed(1)} s\n`)
  process.stdout.write(
    `  archparity run              ${own.toFixed(1)} s   ${(loop / own).toFixed(1)} times faster than the loop, ${(own / floor).toFixed(1)} times the floor\n`,
  )
  process.stdout.write(
    `  archparity run --no-noise   ${quick.toFixed(1)} s   ${(loop / quick).toFixed(1)} times faster than the loop, ${(quick / floor).toFixed(1)} times the floor\n`,
  )
  process.stdout.write(`  one shell per container     ${floor.toFixed(1)} s\n`)
}

function runArchparity(flags) {
  run(process.execPath, [CLI, 'run', image, ...flags])
}
