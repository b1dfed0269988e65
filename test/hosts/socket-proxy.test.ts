import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startSocketProxy } from '../../src/hosts/socket-proxy.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proxy-'))
  return () => rm(folder, { recursive: true, force: true })
})

/** A far side that does this with each connection, with the proxy before it. */
async function start(serve: (socket: Socket) => void, dial?: (far: string) => Socket) {
  const far = path.join(folder, 'far')
  const open = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>(resolve => server.listen(far, resolve))
  const near = path.join(folder, 'near')
  const proxy = await startSocketProxy(near, () => dial?.(far) ?? connect({ path: far, allowHalfOpen: true }))
  onTestFinished(async () => {
    await proxy.close()
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { proxy, open, near, dialNear: () => connect({ path: near, allowHalfOpen: true }) }
}

/** All that comes, and whether it came to a proper end. */
function readAll(socket: Socket): Promise<{ text: string; ended: boolean }> {
  return new Promise(resolve => {
    let text = ''
    let ended = false
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('end', () => {
      ended = true
      resolve({ text, ended })
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve({ text, ended }))
  })
}

const waitFor = (socket: Socket, event: string) => new Promise(resolve => socket.once(event, resolve))

describe('half-closed connections', () => {
  test('our end reaches the far side, and its answer still comes', async () => {
    const { dialNear } = await start(async socket => {
      const { text, ended } = await readAll(socket)
      socket.end(`${text} ${ended}`)
    })
    const socket = dialNear()
    const answer = readAll(socket)
    socket.end('all of it')
    expect(await answer).toEqual({ text: 'all of it true', ended: true })
  })

  test('its end reaches us, and what we still have to say reaches it', async () => {
    let heard: Promise<{ text: string; ended: boolean }> | undefined
    const { dialNear } = await start(socket => {
      heard = readAll(socket)
      socket.end('bye')
    })
    const socket = dialNear()
    expect(await readAll(socket)).toEqual({ text: 'bye', ended: true })
    socket.write('one ')
    socket.end('two')
    expect(await heard).toEqual({ text: 'one two', ended: true })
  })

  test('a long answer that has been ended comes whole, however slowly it is read', async () => {
    const long = 'x'.repeat(8 * 1024 * 1024)
    const { dialNear } = await start(socket => socket.end(long))
    const socket = dialNear()
    socket.pause()
    await waitFor(socket, 'connect')
    await new Promise(resolve => setTimeout(resolve, 200))
    const answer = readAll(socket)
    socket.resume()
    const { text, ended } = await answer
    expect(ended).toBe(true)
    expect(text.length).toBe(long.length)
  })
})

describe('ends that are no proper ones', () => {
  test('the far side breaks off: so does ours', async () => {
    const { dialNear } = await start(socket => socket.once('data', () => socket.destroy()))
    const socket = dialNear()
    socket.write('x')
    await readAll(socket)
    // Half-open, only a connection that was ended from both sides closes.
    socket.end()
    await new Promise<void>(resolve => (socket.destroyed ? resolve() : socket.once('close', () => resolve())))
  })

  test('we break off: nothing is left open on the far side', async () => {
    const { dialNear, open } = await start(socket => {
      const timer = setInterval(() => socket.write('tick'), 5)
      socket.on('close', () => clearInterval(timer))
    })
    const socket = dialNear()
    await waitFor(socket, 'data')
    const [far] = open
    const closed = waitFor(far as Socket, 'close')
    socket.destroy()
    await closed
    expect(open.size).toBe(0)
  })

  test('the far side refuses: the connection ends, and the next one is tried anew', async () => {
    let refuse = true
    const { dialNear } = await start(
      socket => socket.end('here'),
      far => connect({ path: refuse ? path.join(folder, 'nowhere') : far, allowHalfOpen: true }),
    )
    expect((await readAll(dialNear())).text).toBe('')
    refuse = false
    expect((await readAll(dialNear())).text).toBe('here')
  })
})

test('many connections at once are each their own', async () => {
  const { dialNear } = await start(socket => void socket.pipe(socket))
  const texts = Array.from({ length: 200 }, (_, index) => `${index}:`.repeat(2000))
  const answers = texts.map(text => {
    const socket = dialNear()
    const answer = readAll(socket)
    socket.end(text)
    return answer
  })
  expect((await Promise.all(answers)).map(answer => answer.text)).toEqual(texts)
})

test('severed, it breaks all that is open and takes nothing more; closed, its socket is gone', async () => {
  const { dialNear, proxy, open, near } = await start(socket => void socket.resume().write('here'))
  const sockets = [dialNear(), dialNear(), dialNear()]
  await Promise.all(sockets.map(socket => waitFor(socket, 'data')))
  const ends = sockets.map(readAll)
  const farEnds = [...open].map(socket => waitFor(socket, 'end'))
  proxy.sever()
  await Promise.all([...ends, ...farEnds])
  expect((await readAll(dialNear())).text).toBe('')
  expect(open.size).toBe(3)
  await proxy.close()
  await proxy.close()
  expect(existsSync(near)).toBe(false)
})

test('a socket that a dead process left is replaced', async () => {
  await writeFile(path.join(folder, 'near'), '')
  const { dialNear } = await start(socket => socket.end('here'))
  expect((await readAll(dialNear())).text).toBe('here')
})

test('a place where no socket can be is an error', async () => {
  const dial = () => connect({ path: '/nowhere' })
  await expect(startSocketProxy(path.join(folder, 'no', 'folder'), dial)).rejects.toThrow(/ENOENT|EACCES/)
})
