import { execFileSync } from 'node:child_process'
import { listCommands } from './command-suite.mjs'

/** How long something takes, in seconds. */
export function measure(work) {
  const began = performance.now()
  work()
  return (performance.now() - began) / 1000
}

/** What people do by hand with the commands of the bench: programs are started in `folder`. */
export function createContainerRuns(folder) {
  const run = (file, args) =>
    execFileSync(file, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    })
  const startContainer = name =>
    run('docker', ['run', '-d', '-i', '--init', '--entrypoint', 'sh', name]).trim()
  return {
    run,
    startContainer,
    /** One `docker exec` for each command. */
    runLoop(name) {
      const id = startContainer(name)
      for (const command of listCommands()) run('docker', ['exec', id, 'sh', '-c', command])
      run('docker', ['rm', '-f', id])
    },
    /** One shell that is given all the commands at once. */
    runFloor(name) {
      const id = startContainer(name)
      const script = listCommands().map(command => `(${command}) </dev/null || echo failed: $? >&2`)
      execFileSync('docker', ['exec', '-i', id, 'sh'], {
        input: `${script.join('\n')}\n`,
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      run('docker', ['rm', '-f', id])
    },
  }
}
