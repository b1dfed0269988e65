import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type Docker from 'dockerode'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { BRIDGE_ARCHITECTURES } from '../../src/hosts/bridge-program.js'
import { FailedConnection, openPortBridge } from '../../src/hosts/port-bridge.js'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import { LABELS } from '../../src/run/owner.js'
import { removeRunContainers } from '../../src/run/sweep.js'
import { AMD64 } from '../lab/platforms.js'
import { serveEngine } from '../pull/serve-engine.js'
import { connectTestEngine, startIdleContainer } from '../worker/test-container.js'
import { buildBusybox, loadTestImage } from '../worker/test-image.js'

const runnable: string[] = []
for (const architecture of BRIDGE_ARCHITECTURES)
  if ((await proveOnThisKernel(architecture)).ran) runnable.push(architecture)

describe('in the network of a container', () => {
  let engine: Docker
  let target: string
  let address: string

  beforeAll(async () => {
    engine = await connectTestEngine()
    const { name } = await loadTestImage(engine, AMD64, await buildBusybox(AMD64))
    const line = 'httpd -p 8080 -h /etc; exec sleep 1000'
    const container = await startIdleContainer(engine, name, { Cmd: ['-c', line] })
    target = container.id
    const { Networks } = (await container.inspect()).NetworkSettings
    address = Object.values(Networks)[0]?.IPAddress as string
  })

  test.each(runnable)('a bridge for %s connects, tells a refusal, and leaves nothing', async architecture => {
    const runId = randomUUID()
    const labels = { [LABELS.run]: runId }
    onTestFinished(async () => void (await removeRunContainers(engine, runId)))
    const bridge = await openPortBridge(engine, target, architecture, labels)
    const connection = await bridge.connect(address, 8080)
    connection.write('GET /hostname HTTP/1.0\r\n\r\n')
    expect(await text(connection)).toContain(`\r\n\r\n${target.slice(0, 12)}`)
    const refused = bridge.connect(address, 81)
    await expect(refused).rejects.toBeInstanceOf(FailedConnection)
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    const idle = await bridge.connect(address, 8080)
    await bridge.close()
    expect(idle.destroyed).toBe(true)
    const filters = { label: [`${LABELS.run}=${runId}`] }
    expect(await engine.listContainers({ all: true, filters })).toEqual([])
  })
})

test('there is none for an architecture without a program', async () => {
  const engine = await serveEngine(() => {})
  await expect(openPortBridge(engine, 'x', 'sparc64', {})).rejects.toThrow('no bridge program')
})

test.each<[string, Record<string, (response: ServerResponse) => void>, string]>([
  ['it takes no images', { 'POST /images/load': fail(403, 'denied by policy') }, 'denied by policy'],
  ['it makes no containers', { 'POST /containers/create': fail(500, 'quota') }, 'quota'],
  ['it shares no networks', { 'POST /containers/ID/start': fail(409, 'cannot join') }, 'cannot join'],
])('%s: that is told, and all is removed', async (_, answers, words) => {
  const asked: string[] = []
  const engine = await serveEngine((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '').replace(/^\/v[\d.]+/, '')
    const what = `${request.method} ${path.replace(/archparity-bridge-[\w-]+|sha256:\w+/, 'ID')}`
    asked.push(what)
    request.resume()
    request.on('end', () => {
      const answer = answers[what]
      if (answer !== undefined) answer(response)
      else response.writeHead(what.startsWith('DELETE') ? 204 : 200).end('{"Id":"x"}')
    })
  })
  await expect(openPortBridge(engine, 'x', 'amd64', {})).rejects.toThrow(words)
  expect(asked.at(-1)).toBe(asked.includes('POST /containers/create') ? 'DELETE /containers/ID' : asked[0])
})

function fail(status: number, message: string) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
  }
}
