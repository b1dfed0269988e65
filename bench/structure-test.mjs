/**
 * 100 command tests on every platform of an image, as a file of container-structure-test, in one run:
 *   archparity   the real command line on that file, with its second pass on the reference platform and its reports
 *   testinfra    the same checks as pytest-testinfra runs them, through its docker backend
 *   floor        one shell in each container that is given all the commands at once
 * Prints seconds and ratios; the ratios are what may be quoted.
 * Usage: node bench/structure-test.mjs IMAGE [ROUNDS]   (the engine of DOCKER_HOST; `docker`, Debian's python3-testinfra)
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { listCommands } from './parts/command-suite.mjs'
import { createContainerRuns, measure } from './parts/container-runs.mjs'
import { CLI, makeFolder } from './parts/places.mjs'
import { takeMedian } from './parts/take-median.mjs'

const [image, rounds = '3'] = process.argv.slice(2)
if (image === undefined) {
  process.stderr.write('usage: node bench/structure-test.mjs IMAGE [ROUNDS]\n')
  process.exit(2)
}

const project = makeFolder()
const { run, runFloor, startContainer } = createContainerRuns(project)
try {
  main()
} finally {
  rmSync(project, { recursive: true, force: true })
}

function main() {
  const commands = listCommands()
  mkdirSync(path.join(project, 'suites'))
  writeFileSync(path.join(project, 'suites', 'commands.yaml'), writeStructureTest(commands))
  writeFileSync(path.join(project, 'test_commands.py'), writeTestinfra(commands))
  const plan = JSON.parse(run(process.execPath, [CLI, 'plan', image, '--json']))
  const images = plan.targets.map(target => `${plan.image.repository}@${target.digest}`)
  // Pulls everything, so that no way of running pays for it.
  runArchparity([])
  const lists = { archparity: [], quick: [], testinfra: [], floor: [] }
  for (let round = 0; round < Number(rounds); round++) {
    lists.floor.push(measure(() => images.forEach(runFloor)))
    lists.archparity.push(measure(() => runArchparity([])))
    lists.quick.push(measure(() => runArchparity(['--no-noise'])))
    lists.testinfra.push(measure(() => runTestinfra(images)))
  }
  const [own, quick, peer, floor] = [lists.archparity, lists.quick, lists.testinfra, lists.floor].map(
    takeMedian,
  )
  const compare = time =>
    `${time.toFixed(1)} s   ${(peer / time).toFixed(1)} times faster than testinfra, ${(time / floor).toFixed(1)} times the floor`
  process.stdout.write(
    `${commands.length} command tests × ${images.length} platforms, median of ${rounds} rounds\n` +
      `  pytest-testinfra            ${peer.toFixed(1)} s\n` +
      `  archparity run              ${compare(own)}\n` +
      `  archparity run --no-noise   ${compare(quick)}\n` +
      `  one shell per container     ${floor.toFixed(1)} s\n`,
  )
}

/** As people write them: a program and its arguments, and a shell only for what needs one. */
function writeStructureTest(commands) {
  const tests = commands.map((command, index) => {
    const [program, ...args] = command.includes('$') ? ['sh', '-c', command] : command.split(' ')
    return `  - name: command ${index}\n    command: ${program}\n    args: ${JSON.stringify(args)}\n    exitCode: 0\n`
  })
  return `schemaVersion: "2.0.0"\ncommandTests:\n${tests.join('')}`
}

function writeTestinfra(commands) {
  return `import pytest

COMMANDS = ${JSON.stringify(commands)}


@pytest.mark.parametrize("index", range(len(COMMANDS)))
def test_command(host, index):
    assert host.run(COMMANDS[index]).rc == 0
`
}

function runArchparity(flags) {
  run(process.execPath, [CLI, 'run', image, ...flags])
}

function runTestinfra(images) {
  const ids = images.map(startContainer)
  const hosts = ids.map(id => `docker://${id}`).join(',')
  run('/usr/bin/python3', [
    '-m',
    'pytest',
    '-q',
    '-p',
    'no:cacheprovider',
    `--hosts=${hosts}`,
    'test_commands.py',
  ])
  run('docker', ['rm', '-f', ...ids])
}
