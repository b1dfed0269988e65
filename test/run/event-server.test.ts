import { stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import type { RunEvent } from '../../src/model/events.js'
import { startEventServer } from '../../src/run/event-server.js'
import { openEventChannel } from '../../src/worker/event-channel.js'
import { makeFolder } from './temporary.js'

const makeEvent = (target: string, seq: number, name = 'x'): RunEvent => ({
  type: 'observation',
  target,
  pass: 'main',
  check: 'c',
  attempt: 0,
  seq,
  observation: { kind: 'value', name, value: null },
})

async function start() {
  const heard: RunEvent[] = []
  const server = await startEventServer(await makeFolder(), event => heard.push(event))
  const open = async () => {
    const socket = connect(server.socketPath)
    await new Promise(resolve => socket.once('connect', resolve))
    return socket
  }
  return { heard, server, open }
}

const send = (socket: Socket, bytes: string | Uint8Array) =>
  new Promise<void>(resolve => socket.write(bytes, () => resolve()))
const hangUp = (socket: Socket) => new Promise<void>(resolve => socket.end(() => resolve()))

test('many workers at once are heard whole and each in its own order', async () => {
  const { heard, server } = await start()
  const workers = Array.from({ length: 8 }, (_, index) => `worker ${index}`)
  await Promise.all(
    workers.map(async worker => {
      const channel = openEventChannel(server.socketPath)
      for (let seq = 0; seq < 200; seq++) {
        channel.send(makeEvent(worker, seq, 'gr\u00fc\u00df'.repeat(seq)))
        if (seq % 50 === 0) await channel.flush()
      }
      await channel.flush()
    }),
  )
  await vi.waitUntil(() => heard.length === 1600, 30_000)
  for (const worker of workers) {
    const own = heard.filter(event => event.type === 'observation' && event.target === worker)
    expect(own).toEqual(
      Array.from({ length: 200 }, (_, seq) => makeEvent(worker, seq, 'gr\u00fc\u00df'.repeat(seq))),
    )
  }
  await server.close()
})

test('an event is put together from pieces, cut inside a character too', async () => {
  const { heard, server, open } = await start()
  const socket = await open()
  const other = await open()
  const bytes = Buffer.from(`${JSON.stringify(makeEvent('a', 0, '\u20ac'))}\n`)
  const inside = bytes.indexOf(0xe2) + 1
  await send(socket, bytes.subarray(0, inside))
  await send(other, `${JSON.stringify(makeEvent('b', 0))}\n`)
  await send(socket, bytes.subarray(inside))
  await hangUp(socket)
  await hangUp(other)
  await server.close()
  expect(heard).toHaveLength(2)
  expect(heard).toContainEqual(makeEvent('a', 0, '\u20ac'))
})

test('what is no event of a worker’s is dropped, and what follows is heard', async () => {
  const { heard, server, open } = await start()
  const socket = await open()
  const lines = [
    '',
    '{',
    'null',
    '7',
    '"observation"',
    '[]',
    '{}',
    '{"type":7}',
    '{"type":"nonsense"}',
    '{"type":"__proto__"}',
    '{"type":"run-finished","reason":"completed","durationMs":1}',
    '{"type":"check-finished","status":"passed"}',
    '\0\0\0',
  ]
  await send(socket, `${lines.join('\n')}\n`)
  await send(socket, Buffer.from([0xff, 0xfe, 0x0a]))
  await send(socket, `${JSON.stringify(makeEvent('a', 1))}\n`)
  await hangUp(socket)
  await server.close()
  expect(heard).toEqual([makeEvent('a', 1)])
})

test('a line without an end, and a worker that is killed, lose only what was not sent', async () => {
  const { heard, server, open } = await start()
  const socket = await open()
  await send(
    socket,
    `${JSON.stringify(makeEvent('a', 0))}\n${JSON.stringify(makeEvent('a', 1)).slice(0, 20)}`,
  )
  await vi.waitUntil(() => heard.length === 1, 30_000)
  socket.destroy()
  await server.close()
  expect(heard).toEqual([makeEvent('a', 0)])
})

test('closing does not wait for ever for a worker that stays, and removes the socket', async () => {
  const { server, open } = await start()
  const socket = await open()
  const closed = new Promise(resolve => socket.once('close', resolve))
  await server.close()
  await closed
  await expect(stat(server.socketPath)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a worker without a main process sends to nobody', async () => {
  for (const socketPath of [undefined, '/nowhere/socket']) {
    const channel = openEventChannel(socketPath)
    channel.send(makeEvent('a', 0))
    await channel.flush()
    channel.send(makeEvent('a', 1))
    await channel.flush()
  }
})
