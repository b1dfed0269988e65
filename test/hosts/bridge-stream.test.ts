import { Duplex, PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { BridgeStream } from '../../src/hosts/bridge-stream.js'

function makeFrame(stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

/** A bridge whose engine sends what is written to `engine`; `sent` has what it was sent. */
function makeBridge(end?: Error) {
  const [engine, sent] = [new PassThrough(), new PassThrough()]
  const upstream = Duplex.from({ readable: engine, writable: sent })
  const words: string[] = []
  const bridge = new BridgeStream(upstream, async said => {
    words.push(said)
    return end
  })
  return { engine, sent, upstream, bridge, words }
}

test('the first byte says that it is connected, the rest is what the other side sends', async () => {
  const { engine, bridge } = makeBridge()
  const reading = buffer(bridge)
  engine.write(makeFrame(1, Buffer.from('+he')))
  await bridge.connected
  engine.write(makeFrame(2, Buffer.from('noise')))
  engine.end(makeFrame(1, Buffer.from('llo')))
  expect((await reading).toString()).toBe('hello')
})

test('what is written goes to the program as it is, and so does the end', async () => {
  const { engine, sent, bridge } = makeBridge()
  engine.write(makeFrame(1, Buffer.from('+')))
  bridge.end('question')
  expect((await buffer(sent)).toString()).toBe('question')
})

test('a program that ends before it is connected says why', async () => {
  const { engine, bridge, words } = makeBridge(new Error('refused'))
  engine.end(makeFrame(2, Buffer.from('exec format error')))
  await expect(bridge.connected).rejects.toThrow('refused')
  expect(words).toEqual(['exec format error'])
  expect(bridge.destroyed).toBe(true)
})

test('one that says nothing and ends well was not connected either', async () => {
  const { engine, bridge } = makeBridge()
  engine.end()
  await expect(bridge.connected).rejects.toThrow('before it was connected')
})

test('a connection that is broken off is no proper end', async () => {
  const { engine, bridge } = makeBridge(new Error('reset'))
  engine.end(makeFrame(1, Buffer.from('+half')))
  await bridge.connected
  await expect(buffer(bridge)).rejects.toThrow('reset')
})

test('an answer counts, although the program took no more of the question', async () => {
  const upstream = new Duplex({
    read: () => {},
    write: (_chunk, _encoding, done) => done(new Error('EPIPE')),
  })
  const bridge = new BridgeStream(upstream, async () => undefined)
  upstream.push(makeFrame(1, Buffer.from('+answer')))
  await bridge.connected
  bridge.write('question')
  expect((await buffer(bridge)).toString()).toBe('answer')
})

test('whoever closes it closes the engine’s stream, and is not told to be connected', async () => {
  const { upstream, bridge } = makeBridge()
  bridge.destroy()
  await expect(bridge.connected).rejects.toThrow('closed')
  expect(upstream.destroyed).toBe(true)
})

test('one that is not read holds the engine back', async () => {
  const { engine, bridge } = makeBridge()
  engine.write(makeFrame(1, Buffer.from('+')))
  await bridge.connected
  const chunk = makeFrame(1, Buffer.alloc(16 * 1024))
  let written = 1
  while (engine.write(chunk) && written < 1000) {
    written += 1
    await new Promise(resolve => setImmediate(resolve))
  }
  expect(written).toBeLessThan(1000)
  engine.end()
  expect(await buffer(bridge)).toHaveLength(written * 16 * 1024)
})
