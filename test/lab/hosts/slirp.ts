import { existsSync } from 'node:fs'
import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { findCommand } from '../../../scripts/setup/find-command.mjs'
import { findFreePort } from '../../../scripts/setup/loopback-port.mjs'
import { startProcess } from '../../../scripts/setup/process-life.mjs'
import type { RunFolder } from './run-folder.js'

/** The network of a namespace: the way out, and ports of the way in. */
export interface Slirp {
  readonly pid: number
  /** Opens a free port of 127.0.0.1 that leads to that port of the namespace, and gives it. */
  publish(port: number): Promise<number>
}

/**
 * Gives the network namespace of a process an interface `tap0` with address 10.0.2.100; this machine's loopback is
 * 10.0.2.2 from there (slirp4netns(1)). It ends with this process.
 */
export async function startSlirp(run: RunFolder, pid: number): Promise<Slirp> {
  const socket = run.find('slirp')
  const child = await startProcess(
    findCommand('slirp4netns') ?? 'slirp4netns',
    ['--configure', '--mtu=1500', '--api-socket', socket, String(pid), 'tap0'],
    { log: run.find('slirp.log'), dieWithUs: true },
  )
  await run.noteProcess(child.pid)
  for (let waited = 0; !existsSync(socket); waited += 20) {
    if (waited > 10_000 || child.exitCode !== null)
      throw new Error(`slirp4netns does not come up: ${run.find('slirp.log')}`)
    await sleep(20)
  }
  return { pid: child.pid ?? 0, publish: port => publish(socket, port) }
}

async function publish(socket: string, guestPort: number): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort()
    const request = { proto: 'tcp', host_addr: '127.0.0.1', host_port: port, guest_port: guestPort }
    const answer = await ask(socket, { execute: 'add_hostfwd', arguments: request })
    if (answer.error === undefined) return port
    // Somebody else may have taken the port since it was free.
    if (attempt === 3) throw new Error(`slirp4netns opens no port: ${JSON.stringify(answer.error)}`)
  }
}

/** One request a connection: the answer ends it. */
function ask(socket: string, request: object): Promise<{ error?: unknown }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const connection = createConnection(socket, () => connection.write(JSON.stringify(request)))
    connection.setTimeout(10_000, () => connection.destroy(new Error('slirp4netns does not answer')))
    connection.on('data', chunk => chunks.push(chunk))
    connection.on('error', reject)
    connection.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
  })
}
