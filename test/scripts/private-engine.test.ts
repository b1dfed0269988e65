import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import Docker from 'dockerode'
import { expect, test } from 'vitest'
import { chooseSubnet, ensureBridge, removeBridge } from '../../scripts/setup/bridge.mjs'
import { findCommand } from '../../scripts/setup/find-command.mjs'
import { readMachine } from '../../scripts/setup/machine.mjs'
import { pingEngine } from '../../scripts/setup/ping-engine.mjs'
import { findCacheFolder } from '../../scripts/setup/places.mjs'
import { startPrivateEngine } from '../../scripts/setup/private-engine.mjs'
import { createUndoStack } from '../../scripts/setup/undo-stack.mjs'

const machine = readMachine()
const canStart = machine.platform === 'linux' && machine.isRoot && findCommand('dockerd') !== undefined
// Not the bridge of the default run folder, which another set-up may start or stop at any time.
const listBridges = () => readdirSync('/sys/class/net').filter(name => name.startsWith('archp-'))
const listSubnets = () =>
  execFileSync('ip', ['-4', '-oneline', 'address'], { encoding: 'utf8' }).match(/(?<= inet )[\d.]+\/\d+/g) ??
  []

test.runIf(canStart)('a private engine starts beside another, is shared, and leaves nothing', async () => {
  // Below the cache: what holds an engine's data must not be an overlay itself.
  const folder = mkdtempSync(path.join(findCacheFolder(), 'engine-test-'))
  const before = { ...process.env }
  const bridges = listBridges()
  Object.assign(process.env, { ARCHPARITY_LAB_CACHE: folder, ARCHPARITY_SETUP_RUN: path.join(folder, 'run') })
  const [first, second] = [createUndoStack(), createUndoStack()]
  try {
    const endpoint = await startPrivateEngine({ machine, undo: first })
    const info = await new Docker({ socketPath: new URL(endpoint).pathname }).info()
    expect(info.DockerRootDir).toBe(path.join(folder, 'engine'))
    expect(listBridges()).toHaveLength(bridges.length + 1)
    expect(await startPrivateEngine({ machine, undo: second })).toBe(endpoint)
    await first.undoAll()
    expect(await pingEngine(endpoint), 'the second one still needs it').toBeUndefined()
    await second.undoAll()
    expect(await pingEngine(endpoint)).toBeDefined()
    expect(existsSync(path.join(folder, 'run'))).toBe(false)
    expect(listBridges()).toEqual(bridges)
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder)
  } finally {
    await first.undoAll()
    await second.undoAll()
    process.env = before
    rmSync(folder, { recursive: true, force: true })
  }
})

test.runIf(canStart)('a bridge gets a subnet that no other has, though that one is down', async () => {
  const [taken, own] = ['archt-taken', 'archt-own']
  const ip = (...args: string[]) => execFileSync('ip', args)
  try {
    ip('link', 'add', taken, 'type', 'bridge')
    ip('address', 'add', chooseSubnet(listSubnets()), 'dev', taken)
    await ensureBridge(own)
    expect(listSubnets()).toEqual([...new Set(listSubnets())])
  } finally {
    for (const name of [taken, own]) await removeBridge(name)
  }
})
