import { connect, type NetConnectOpts } from 'node:net'

const CONNECT_TIMEOUT_MS = 5000
/** ssh accepts first and closes once the far end has refused: how long what stays open may still do that. */
const REFUSAL_MS = 500

/** Tries a connection: undefined where it is accepted, else why not, for example `ECONNREFUSED`. */
export function knockPlainly(to: NetConnectOpts): Promise<string | undefined> {
  return knock(to, 0)
}

/** The same for a socket that ssh forwards, which is always accepted. */
export function knockThroughForward(socketPath: string): Promise<string | undefined> {
  return knock({ path: socketPath }, REFUSAL_MS)
}

function knock(to: NetConnectOpts, patienceMs: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect(to)
    const settle = (answer: string | undefined) => {
      socket.destroy()
      clearTimeout(waiting)
      clearTimeout(limit)
      resolve(answer)
    }
    let waiting: NodeJS.Timeout | undefined
    const limit = setTimeout(() => settle('ETIMEDOUT'), CONNECT_TIMEOUT_MS)
    socket.on('connect', () => {
      waiting = setTimeout(() => settle(undefined), patienceMs)
    })
    socket.on('data', () => settle(undefined))
    socket.on('end', () => settle('ECONNREFUSED'))
    socket.on('error', error => settle((error as NodeJS.ErrnoException).code ?? error.name))
  })
}
