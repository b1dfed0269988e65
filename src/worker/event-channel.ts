import { connect, type Socket } from 'node:net'
import type { RunEvent } from '../model/events.js'

/** Sends events to the main process as they happen; where there is none (plain vitest) they go nowhere. */
export interface EventChannel {
  send(event: RunEvent): void
  /** Resolves when everything sent has left this process. */
  flush(): Promise<void>
}

const SILENT: EventChannel = { send: () => {}, flush: async () => {} }

/** Opens the channel to the main process's socket, one JSON object a line. */
export function openEventChannel(socketPath: string | undefined): EventChannel {
  if (socketPath === undefined) return SILENT
  let socket: Socket | undefined = connect(socketPath)
  socket.unref()
  socket.on('error', () => {
    socket = undefined
  })
  socket.on('close', () => {
    socket = undefined
    // Where the main process was killed, nobody waits for this one and what it has started.
    setTimeout(() => {
      if (process.send !== undefined && !process.connected) process.exit(1)
    }, 100).unref()
  })
  let pending = 0
  let idle: (() => void)[] = []
  const settle = () => {
    pending -= 1
    if (pending > 0) return
    for (const resolve of idle) resolve()
    idle = []
  }
  return {
    send: event => {
      if (socket === undefined) return
      pending += 1
      socket.write(`${JSON.stringify(event)}\n`, settle)
    },
    flush: () =>
      socket === undefined || pending === 0 ? Promise.resolve() : new Promise(resolve => idle.push(resolve)),
  }
}
