// @ts-check
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureBridge, removeBridge } from './bridge.mjs'
import { ensureCgroups, releaseCgroups } from './cgroups.mjs'
import { findCommand } from './find-command.mjs'
import { takeLease } from './leases.mjs'
import { unmountBelow } from './mounts.mjs'
import { pingEngine } from './ping-engine.mjs'
import { DEFAULT_RUN_FOLDER, findCacheFolder, findRunFolder } from './places.mjs'
import { endProcess, isAlive, startProcess } from './process-life.mjs'
import { lastLines } from './run-command.mjs'
import { say } from './say.mjs'
import { SetupError } from './setup-error.mjs'

const START_PATIENCE_MS = 60_000
/** The engine gives its containers 15 s to end before it kills them. */
const STOP_PATIENCE_MS = 30_000

/** @type {readonly import('./packages.mjs').Requirement[]} */
export const PRIVATE_ENGINE_REQUIREMENTS = [
  { command: 'dockerd', package: 'docker.io' },
  { command: 'iptables', package: 'iptables' },
  { command: 'ip', package: 'iproute2' },
  // The engine lists a container's processes with it (Docker Engine API, "List processes running inside").
  { command: 'ps', package: 'procps' },
]

/**
 * Starts a Docker engine of our own: own socket, bridge and data, no firewall rules, no way out to the internet.
 * One that a set-up still runs is shared; one that a killed set-up left is taken over.
 * @param {{ machine: import('./machine.mjs').Machine, undo: import('./undo-stack.mjs').UndoStack, signal?: AbortSignal }} context
 * @returns {Promise<string>} its endpoint
 * @throws {SetupError} with the engine's last lines where it does not come up
 */
export async function startPrivateEngine({ machine, undo, signal }) {
  if (!machine.isRoot) {
    throw new SetupError(
      'no container engine answers, and only root may start one',
      'start an engine (`sudo systemctl start docker`), or run the command as root',
    )
  }
  const places = findPlaces()
  const lease = takeLease(places.run)
  undo.add('stop the private engine', () => (lease.release() ? stopPrivateEngine(places) : undefined))
  const endpoint = `unix://${places.socket}`
  if ((await pingEngine(endpoint)) === undefined) {
    say(`sharing the private engine at ${endpoint}`)
    return endpoint
  }
  say(`starting a private engine at ${endpoint}`)
  await stopPrivateEngine(places, { keepLeases: true })
  mkdirSync(places.data, { recursive: true })
  // The machine's own /etc/docker/daemon.json is about another engine.
  writeFileSync(places.config, '{}')
  await ensureCgroups({ marker: places.cgroups })
  await ensureBridge(places.bridge)
  const child = await startProcess(findCommand('dockerd') ?? 'dockerd', listArguments(places), {
    log: places.log,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  })
  await waitForEngine(endpoint, child, places.log, signal)
  return endpoint
}

function findPlaces() {
  const run = findRunFolder()
  return {
    run,
    bridge: nameBridge(run),
    data: path.join(findCacheFolder(), 'engine'),
    exec: path.join(run, 'exec'),
    pidFile: path.join(run, 'dockerd.pid'),
    log: path.join(run, 'dockerd.log'),
    socket: path.join(run, 'docker.sock'),
    config: path.join(run, 'daemon.json'),
    cgroups: path.join(run, 'cgroups-mounted'),
  }
}

/**
 * One bridge for each run folder; names of interfaces have 15 characters at most.
 * @param {string} run
 */
function nameBridge(run) {
  if (run === DEFAULT_RUN_FOLDER) return 'archparity0'
  return `archp-${createHash('sha256').update(run).digest('hex').slice(0, 8)}`
}

/** @param {Places} places */
function listArguments(places) {
  return [
    ['--host', `unix://${places.socket}`],
    ['--data-root', places.data],
    ['--exec-root', places.exec],
    ['--pidfile', places.pidFile],
    ['--bridge', places.bridge],
    // Another engine on this machine must not lose its rules; published ports work through the userland proxy.
    ['--iptables=false', '--ip6tables=false', '--ip-masq=false', '--ip-forward=false'],
    ['--config-file', places.config],
  ].flat()
}

/**
 * @param {string} endpoint
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} log
 * @param {AbortSignal} [signal]
 */
async function waitForEngine(endpoint, child, log, signal) {
  let problem
  for (let waited = 0; waited < START_PATIENCE_MS && child.exitCode === null; waited += 100) {
    problem = await pingEngine(endpoint)
    if (problem === undefined) return
    await sleep(100, undefined, { signal })
  }
  const what =
    child.exitCode === null ? `does not answer: ${problem}` : `ended with exit code ${child.exitCode}`
  throw new SetupError(`the private engine ${what}\n${lastLines(readFileSync(log, 'utf8'), 15)}`)
}

/**
 * Ends the private engine, whoever started it, and removes all that it leaves but its images.
 * @param {Places} places
 * @param {{ keepLeases?: boolean }} [options]
 */
async function stopPrivateEngine(places, { keepLeases = false } = {}) {
  const pid = readPid(places.pidFile)
  if (pid !== undefined && isEngine(pid)) {
    if (!keepLeases) say('stopping the private engine')
    await endProcess(pid, STOP_PATIENCE_MS)
  }
  await unmountBelow([places.exec, places.data])
  await removeBridge(places.bridge)
  await releaseCgroups({ marker: places.cgroups })
  for (const place of [places.exec, places.pidFile, places.socket])
    rmSync(place, { recursive: true, force: true })
  if (!keepLeases) rmSync(places.run, { recursive: true, force: true })
}

/** @param {string} file */
function readPid(file) {
  try {
    return Number(readFileSync(file, 'utf8').trim()) || undefined
  } catch {
    return undefined
  }
}

/**
 * A pid file of a machine that was restarted names any process.
 * @param {number} pid
 */
function isEngine(pid) {
  return isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dockerd')
}

/** @typedef {ReturnType<typeof findPlaces>} Places */
