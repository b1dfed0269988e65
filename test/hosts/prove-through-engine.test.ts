import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Docker from 'dockerode'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createProver } from '../../src/hosts/create-prover.js'
import { PROBE_ARCHITECTURES } from '../../src/hosts/probe-program.js'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import { createEngineProver } from '../../src/hosts/prove-through-engine.js'
import type { HostFacts } from '../../src/model/host.js'
import { serveEngine } from '../pull/serve-engine.js'
import { connectTestEngine } from '../worker/test-container.js'

let engine: Docker
beforeAll(async () => {
  engine = await connectTestEngine()
})

/** Labels of one test's own, and what the engine has with them. */
function makeLabels() {
  const labels = { 'org.archparity.test': randomUUID() }
  const filters = { label: Object.entries(labels).map(pair => pair.join('=')) }
  const listContainers = () => engine.listContainers({ all: true, filters })
  const listImages = () => engine.listImages({ all: true, filters })
  return { labels, listContainers, listImages }
}

test('every architecture runs in a container as it does as a process, and nothing is left', async () => {
  const { labels, listContainers, listImages } = makeLabels()
  const prover = createEngineProver(engine, labels)
  for (const architecture of PROBE_ARCHITECTURES) {
    const [here, there] = [await proveOnThisKernel(architecture), await prover.prove(architecture)]
    expect(there.ran, `${architecture}: ${there.detail}`).toBe(here.ran)
    expect(there.inconclusive).toBeUndefined()
    const { cpuTimeMs: _, ...facts } = there.report ?? {}
    if (here.ran) expect(here.report).toMatchObject(facts)
    if (here.ran) expect(there.report?.cpuTimeMs).toBeGreaterThan(0)
  }
  expect(await listContainers()).toEqual([])
  expect(await listImages()).toHaveLength(PROBE_ARCHITECTURES.length)
  await prover.close()
  expect(await listImages()).toEqual([])
})

test('an architecture is tried once, also by two who ask at once', async () => {
  const { labels } = makeLabels()
  const prover = createEngineProver(engine, labels)
  onTestFinished(prover.close)
  const [one, two] = await Promise.all([prover.prove('amd64'), prover.prove('amd64')])
  expect(two).toBe(one)
  expect(await prover.prove('amd64')).toBe(one)
})

test('closing waits for what is being tried', async () => {
  const { labels, listContainers, listImages } = makeLabels()
  const prover = createEngineProver(engine, labels)
  const proof = prover.prove('amd64')
  await prover.close()
  expect(await proof).toMatchObject({ ran: true })
  expect(await listContainers()).toEqual([])
  expect(await listImages()).toEqual([])
})

test('an architecture without a program is not tried', async () => {
  const prover = createEngineProver(engine, {})
  expect(await prover.prove('made-up')).toMatchObject({ ran: false, inconclusive: true })
  await prover.close()
})

test('processes prove for an engine on this kernel, containers for any other', async () => {
  const own = { engine, facts: { sameKernel: true } as HostFacts }
  expect(createProver(own, {}).prove).toBe(proveOnThisKernel)
  const { labels, listImages } = makeLabels()
  const prover = createProver({ engine, facts: { sameKernel: false } as HostFacts }, labels)
  expect(await prover.prove('amd64')).toMatchObject({ ran: true })
  expect(await listImages()).toHaveLength(1)
  await prover.close()
})

/** Answers of an engine to what is asked of it, by method and path; the rest goes well. */
type Answers = Readonly<Record<string, (response: ServerResponse) => void>>

async function serve(answers: Answers) {
  const asked: string[] = []
  const engine = await serveEngine((request: IncomingMessage, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '').replace(/^\/v[\d.]+/, '')
    const what = `${request.method} ${path.replace(/[\w-]*[0-9a-f]{8}[\w-]*|sha256:\w+/, 'ID')}`
    asked.push(what)
    request.resume()
    request.on('end', () => {
      const answer = answers[what]
      if (answer !== undefined) answer(response)
      else if (what.endsWith('/attach')) upgrade()(response)
      else response.writeHead(what.startsWith('DELETE') ? 204 : 200).end('{"Id":"x","StatusCode":42}')
    })
  })
  return { engine, asked }
}

const fail = (status: number, message: string) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}

const upgrade =
  (...frames: (readonly [number, string])[]) =>
  ({ socket }: ServerResponse) => {
    socket?.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
    for (const [stream, text] of frames) {
      const header = Buffer.alloc(8)
      header[0] = stream
      header.writeUInt32BE(text.length, 4)
      socket?.write(Buffer.concat([header, Buffer.from(text)]))
    }
    socket?.end()
  }

const exit = (StatusCode: number) => (response: ServerResponse) => {
  response.end(JSON.stringify({ StatusCode }))
}

describe('an engine’s answers', () => {
  test.each<[string, Answers, object]>([
    [
      'the program is refused at the start',
      { 'POST /containers/ID/start': fail(400, 'runc create failed: exec: "/probe": exec format error') },
      { ran: false, detail: expect.stringContaining('exec format error') },
    ],
    [
      'the interpreter is missing in the container',
      { 'POST /containers/ID/start': fail(500, 'crun: exec `/probe`: No such file or directory') },
      { ran: false, detail: expect.stringContaining('No such file') },
    ],
    [
      'the program is refused after the start',
      {
        'POST /containers/ID/attach': upgrade([2, 'exec /probe: exec format error\n']),
        'POST /containers/ID/wait': exit(1),
      },
      { ran: false, detail: 'exec /probe: exec format error' },
    ],
    [
      'the program ends in another way',
      { 'POST /containers/ID/wait': exit(139) },
      { ran: false, detail: 'it exited 139' },
    ],
    [
      'the emulator’s words are no text',
      {
        'POST /containers/ID/attach': upgrade([2, `\u001b[31m${'x'.repeat(5000)}\n`]),
        'POST /containers/ID/wait': exit(1),
      },
      { ran: false, detail: `[31m${'x'.repeat(296)}` },
    ],
    ['the program says nothing', {}, { ran: true, detail: '' }],
    [
      'the program is said to say nonsense, and much of it',
      { 'POST /containers/ID/attach': upgrade([1, 'x'.repeat(1_000_000)]) },
      { ran: true, detail: '' },
    ],
  ])('%s', async (_, answers, proof) => {
    const { engine, asked } = await serve(answers)
    const prover = createEngineProver(engine, {})
    expect(await prover.prove('s390x')).toEqual(proof)
    await prover.close()
    expect(asked.filter(each => each.startsWith('DELETE'))).toEqual([
      'DELETE /containers/ID',
      'DELETE /images/ID',
      'DELETE /images/ID',
    ])
  })

  test.each<[string, Answers, string]>([
    ['it takes no images', { 'POST /images/load': fail(403, 'denied by policy') }, 'denied by policy'],
    [
      'it fails while it takes one',
      { 'POST /images/load': response => response.end('{"error":"no space left on device"}\n') },
      'no space left',
    ],
    ['it took one and has none', { 'GET /images/ID/json': fail(404, 'no such image') }, 'does not hold it'],
    ['it makes no containers', { 'POST /containers/create': fail(500, 'quota') }, 'quota'],
    [
      'it cannot start any',
      { 'POST /containers/ID/start': fail(500, 'cgroup: no such file or directory') },
      'cgroup',
    ],
    ['it lets nobody attach', { 'POST /containers/ID/attach': fail(403, 'forbidden') }, 'forbidden'],
    ['it goes away', { 'POST /containers/ID/wait': response => response.destroy() }, 'socket hang up'],
  ])('%s: nothing is known, and all is removed', async (_, answers, words) => {
    const { engine, asked } = await serve(answers)
    const prover = createEngineProver(engine, {})
    const detail = expect.stringContaining(words)
    expect(await prover.prove('s390x')).toEqual({ ran: false, detail, inconclusive: true })
    await prover.close()
    if (asked.includes('POST /containers/create')) expect(asked).toContain('DELETE /containers/ID')
    expect(asked.filter(each => each === 'DELETE /images/ID')).toHaveLength(2)
  })
})
