import { createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEvent } from '../model/events.js'

/** The socket on which workers report what they see; only this user can reach it. */
export interface EventServer {
  readonly socketPath: string
  /** Waits until every worker has hung up (or the grace is over), then closes the socket. */
  close(): Promise<void>
}

/** How long workers that have ended may take to be seen hanging up. */
const DRAIN_MS = 2000

/** Listens in `directory` for workers' events, one JSON object a line; lines that are none are dropped. */
export async function startEventServer(
  directory: string,
  onEvent: (event: RunEvent) => void,
): Promise<EventServer> {
  // A short name: the whole path of a socket may have 104 bytes.
  const socketPath = path.join(directory, 's')
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    readLines(socket, line => {
      const event = parseEvent(line)
      if (event !== undefined) onEvent(event)
    })
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await listen(server, socketPath)
  return {
    socketPath,
    close: async () => {
      const deadline = performance.now() + DRAIN_MS
      while (sockets.size > 0 && performance.now() < deadline) await sleep(10)
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
}

function readLines(socket: Socket, onLine: (line: string) => void): void {
  let parts: Buffer[] = []
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      parts.push(rest.subarray(0, end))
      onLine(Buffer.concat(parts).toString('utf8'))
      parts = []
      rest = rest.subarray(end + 1)
    }
    if (rest.length > 0) parts.push(rest)
  })
}

/** What workers have to say; everything else is the main process's own. */
const WORKER_EVENTS: ReadonlySet<unknown> = new Set<RunEvent['type']>([
  'check-started',
  'observation',
  'value-expected',
  'program-executed',
])

function parseEvent(line: string): RunEvent | undefined {
  try {
    const event = JSON.parse(line) as RunEvent | null
    return WORKER_EVENTS.has(event?.type) ? (event as RunEvent) : undefined
  } catch {
    return undefined
  }
}
