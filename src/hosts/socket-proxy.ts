import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'

/** A socket of this machine behind which another endpoint answers. */
export interface SocketProxy {
  readonly socketPath: string
  /** Breaks every connection now and takes no new one. */
  sever(): void
  close(): Promise<void>
}

/**
 * Listens on `socketPath` and joins each connection with a new one from `dial`. Half-closed connections stay so:
 * engines take the end of a command's standard input from them.
 */
export async function startSocketProxy(socketPath: string, dial: () => Socket): Promise<SocketProxy> {
  const open = new Set<Socket>()
  let severed = false
  const server = createServer({ allowHalfOpen: true }, near => {
    if (severed) {
      near.destroy()
      return
    }
    const far = dial()
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        // What came before a proper end is still on its way to the other side.
        if (!one.readableEnded) other.destroy()
      })
      one.pipe(other)
    }
  })
  await rm(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  // One connection that could not be taken (no file descriptor left) ends no others.
  server.on('error', () => {})
  const sever = () => {
    severed = true
    for (const socket of open) socket.destroy()
  }
  return {
    socketPath,
    sever,
    close: async () => {
      sever()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
