import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  BRIDGE_ARCHITECTURES,
  formatBridgeAddress,
  makeBridgeProgram,
  nameBridgeError,
} from '../../src/hosts/bridge-program.js'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import { readElfHeader } from '../../src/model/elf-header.js'

const folder = mkdtempSync(path.join(tmpdir(), 'archparity-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Architectures that this machine starts programs of. */
const runnable: string[] = []
for (const architecture of BRIDGE_ARCHITECTURES)
  if ((await proveOnThisKernel(architecture)).ran) runnable.push(architecture)

function writeBridge(architecture: string): string {
  const file = path.join(folder, architecture)
  writeFileSync(file, makeBridgeProgram(architecture) as Buffer)
  chmodSync(file, 0o755)
  return file
}

const startBridge = (architecture: string, ...args: string[]) => start(writeBridge(architecture), ...args)

function start(file: string, ...args: string[]) {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => {})
  onTestFinished(() => void child.kill('SIGKILL'))
  const chunks: Buffer[] = []
  child.stdout.on('data', chunk => chunks.push(chunk))
  return { stdin: child.stdin, output: () => Buffer.concat(chunks), ended: waitForEnd(child) }
}

const waitForEnd = (child: ChildProcess) =>
  new Promise<number | null>(resolve => child.once('close', code => resolve(code)))

async function listen(onConnection: (socket: Socket) => void, port = 0): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, onConnection)
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A port where nothing listens. */
async function findClosedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

test.each(BRIDGE_ARCHITECTURES)('the bridge for %s is a program of that architecture', architecture => {
  expect(readElfHeader(makeBridgeProgram(architecture) as Buffer)?.architecture).toBe(architecture)
})

test('there is none for an architecture without a listing', () => {
  expect(makeBridgeProgram('sparc64')).toBeUndefined()
  expect(makeBridgeProgram('toString')).toBeUndefined()
})

describe.each(runnable)('the bridge for %s', architecture => {
  const address = (port: number) => formatBridgeAddress(architecture, '127.0.0.1', port)

  test('carries a megabyte each way at once, and the end of both', async () => {
    const [there, back] = [randomBytes(1_000_003), randomBytes(1_000_003)]
    const received: Buffer[] = []
    const port = await listen(socket => {
      socket.on('data', chunk => received.push(chunk))
      socket.on('end', () => socket.end())
      socket.write(back)
    })
    const bridge = startBridge(architecture, address(port))
    bridge.stdin.end(there)
    expect(await bridge.ended).toBe(0)
    expect(Buffer.concat(received).equals(there)).toBe(true)
    // The first byte says that it is connected.
    expect(bridge.output().subarray(1).equals(back)).toBe(true)
  })

  test('an answer is not lost where the server takes no more of the question', async () => {
    const answer = randomBytes(150_000)
    const port = await listen(socket => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.pause()
        socket.end(answer)
        setTimeout(() => socket.resetAndDestroy(), 200)
      })
    })
    // The pipe and the program hold 128 KiB until somebody reads; the rest still waits when the reset comes.
    const line = `"${writeBridge(architecture)}" ${address(port)} | (sleep 0.6; exec cat)`
    const bridge = start('/bin/sh', '-c', line)
    bridge.stdin.write(randomBytes(4_000_000))
    await bridge.ended
    expect(bridge.output().subarray(1).equals(answer)).toBe(true)
  })

  test('waits a moment for a server that is still starting', async () => {
    const port = await findClosedPort()
    const bridge = startBridge(architecture, address(port))
    await sleep(150)
    await listen(socket => socket.end('late'), port)
    expect(await bridge.ended).toBe(0)
    expect(bridge.output().subarray(1).toString()).toBe('late')
  })

  test('says that nothing listens, and that a connection was reset', async () => {
    const refused = startBridge(architecture, address(await findClosedPort()))
    expect(nameBridgeError(architecture, (await refused.ended) as number)).toBe('ECONNREFUSED')
    expect(refused.output()).toHaveLength(0)
    const port = await listen(socket => socket.once('data', () => socket.resetAndDestroy()))
    const reset = startBridge(architecture, address(port))
    reset.stdin.write('question')
    expect(nameBridgeError(architecture, (await reset.ended) as number)).toBe('ECONNRESET')
    expect(reset.output()).toHaveLength(1)
  })

  test('without an address it waits until its input ends', async () => {
    const bridge = startBridge(architecture)
    expect(await Promise.race([bridge.ended, sleep(100, 'waiting')])).toBe('waiting')
    bridge.stdin.end()
    expect(await bridge.ended).toBe(0)
  })
})
