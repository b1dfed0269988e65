/**
 * 100 command checks on every platform of an image, three ways, in one run:
 *   archparity   the real command line, with its second pass on the reference platform and its reports
 *   loop         what people write by hand: `docker exec` for each command
 *   floor        one shell in each container that is given all the commands at once
 * Prints seconds and ratios; the ratios are what may be quoted.
 * Usage: node bench/command-checks.mjs IMAGE [ROUNDS]   (the engine of DOCKER_HOST; the `docker` command)
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const CHECKS = 100
const COMMANDS = ['uname -s', 'cat /etc/passwd', 'ls /bin', 'echo $((6 * 7))', 'id -u']
const cli = new URL('../dist/cli/main.js', import.meta.url).pathname

const [image, rounds = '3'] = process.argv.slice(2)
if (image === undefined) {
  process.stderr.write('usage: node bench/command-checks.mjs IMAGE [ROUNDS]\n')
  process.exit(2)
}

const project = mkdtempSync(path.join(tmpdir(), 'archparity-bench-'))
try {
  main()
} finally {
  rmSync(project, { recursive: true, force: true })
}

function main() {
  mkdirSync(path.join(project, 'suites'))
  writeFileSync(path.join(project, 'suites', 'commands.suite.ts'), writeSuite())
  const plan = JSON.parse(run(process.execPath, [cli, 'plan', image, '--json']))
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
  process.stdout.write(`${CHECKS} command checks × ${images.length} platforms, median of ${rounds} rounds\n`)
  process.stdout.write(`  loop of docker exec         ${loop.toFixed(1)} s\n`)
  process.stdout.write(
    `  archparity run              ${own.toFixed(1)} s   ${(loop / own).toFixed(1)} times faster than the loop, ${(own / floor).toFixed(1)} times the floor\n`,
  )
  process.stdout.write(
    `  archparity run --no-noise   ${quick.toFixed(1)} s   ${(loop / quick).toFixed(1)} times faster than the loop, ${(quick / floor).toFixed(1)} times the floor\n`,
  )
  process.stdout.write(`  one shell per container     ${floor.toFixed(1)} s\n`)
}

function listCommands() {
  return Array.from({ length: CHECKS }, (_, index) => COMMANDS[index % COMMANDS.length])
}

function writeSuite() {
  const checks = listCommands().map(
    (command, index) =>
      `test('command ${index}', async ({ exec }) => { expect((await exec(${JSON.stringify(command)})).exitCode).toBe(0) })`,
  )
  return `import { expect, test } from 'archparity/suite'\n${checks.join('\n')}\n`
}

function runArchparity(flags) {
  run(process.execPath, [cli, 'run', image, ...flags])
}

function runLoop(name) {
  const id = startContainer(name)
  for (const command of listCommands()) run('docker', ['exec', id, 'sh', '-c', command])
  run('docker', ['rm', '-f', id])
}

function runFloor(name) {
  const id = startContainer(name)
  const script = listCommands().map(command => `(${command}) </dev/null || echo failed: $? >&2`)
  execFileSync('docker', ['exec', '-i', id, 'sh'], {
    input: `${script.join('\n')}\n`,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  run('docker', ['rm', '-f', id])
}

function startContainer(name) {
  return run('docker', ['run', '-d', '-i', '--init', '--entrypoint', 'sh', name]).trim()
}

function run(file, args) {
  return execFileSync(file, args, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
}

function measure(work) {
  const began = performance.now()
  work()
  return (performance.now() - began) / 1000
}

function takeMedian(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
