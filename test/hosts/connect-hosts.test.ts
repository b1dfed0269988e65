import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type ConnectedHosts, connectHosts } from '../../src/hosts/connect-hosts.js'
import type { HostSpec } from '../../src/hosts/host.js'
import { nameSocket } from '../../src/hosts/name-socket.js'
import { connectTestEngine } from '../worker/test-container.js'

let socketPath: string
let folder: string
beforeAll(async () => {
  const { modem } = await connectTestEngine()
  socketPath = (modem as unknown as { socketPath: string }).socketPath
})
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'connect-'))
  return () => rm(folder, { recursive: true, force: true })
})

const makeSpec = (name: string, endpoint: string, changes: Partial<HostSpec> = {}): HostSpec => ({
  ...{ name, endpoint, from: `host ${name}`, local: false, ...changes },
})

async function connect(...specs: HostSpec[]): Promise<ConnectedHosts> {
  const env = { ...process.env, PATH: folder }
  const connected = await connectHosts(specs, { env, directory: folder }, { test: 'connect-hosts' })
  onTestFinished(async () => void (await Promise.all(connected.hosts.map(host => host.close()))))
  return connected
}

/** Another way to the same engine, on which some requests are answered in the engine's place. */
async function serveEngine(answer: (url: string) => { status: number; body: string } | undefined) {
  const server = createServer((incoming, response) => {
    const { method, headers, url = '' } = incoming
    const own = answer(`${method} ${url}`)
    if (own !== undefined) {
      incoming.resume()
      response.writeHead(own.status, { 'content-type': 'application/json' }).end(own.body)
      return
    }
    const onward = request(
      { socketPath, path: url, headers, ...(method === undefined ? {} : { method }) },
      reply => {
        response.writeHead(reply.statusCode ?? 500, reply.headers)
        reply.pipe(response)
      },
    )
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const listProbeVolumes = async () =>
  (await (await connectTestEngine()).listVolumes({ filters: { label: ['test=connect-hosts'] } })).Volumes

describe('two names for one engine', () => {
  test('are noticed, the first is kept, and nothing is left of the search', async () => {
    const direct = makeSpec('direct', `unix://${socketPath}`)
    const other = makeSpec('other', await serveEngine(() => undefined))
    const { hosts, twins, failures } = await connect(direct, other)
    expect(hosts.map(host => host.name)).toEqual(['direct'])
    expect(twins).toEqual([{ spec: other, of: 'direct' }])
    expect(failures).toEqual([])
    expect(await listProbeVolumes()).toEqual([])
  })

  test('the order decides which', async () => {
    const { hosts, twins } = await connect(
      makeSpec('other', await serveEngine(() => undefined)),
      makeSpec('direct', `unix://${socketPath}`),
      makeSpec('third', `unix://${socketPath}`),
    )
    expect(hosts.map(host => host.name)).toEqual(['other'])
    expect(twins.map(({ spec, of }) => `${spec.name} is ${of}`)).toEqual([
      'direct is other',
      'third is other',
    ])
  })
})

test('cloned machines with one id are two hosts: what is made through one is not there through the other', async () => {
  const clone = await serveEngine(url =>
    /^(GET|HEAD) .*\/volumes\//.test(url) ? { status: 404, body: '{"message":"no such volume"}' } : undefined,
  )
  const { hosts, twins } = await connect(makeSpec('clone', clone), makeSpec('direct', `unix://${socketPath}`))
  expect(hosts.map(host => host.name)).toEqual(['clone', 'direct'])
  expect(hosts[0]?.facts.id).toBe(hosts[1]?.facts.id)
  expect(twins).toEqual([])
  expect(await listProbeVolumes()).toEqual([])
})

test('an engine that makes no volumes is nobody’s twin', async () => {
  const rigid = await serveEngine(url =>
    url.startsWith('POST') ? { status: 500, body: '{"message":"read-only"}' } : undefined,
  )
  const { hosts } = await connect(makeSpec('direct', `unix://${socketPath}`), makeSpec('rigid', rigid))
  expect(hosts.map(host => host.name)).toEqual(['direct', 'rigid'])
})

test('hosts that fail, each in its own way, keep nobody from the others', async () => {
  const old = await serveEngine(url =>
    /GET (\/v[\d.]+)?\/version/.test(url)
      ? { status: 200, body: '{"Version":"1.13","ApiVersion":"1.26","Os":"linux","Arch":"amd64"}' }
      : undefined,
  )
  const windows = await serveEngine(url =>
    /GET (\/v[\d.]+)?\/info/.test(url) ? { status: 200, body: '{"OSType":"windows"}' } : undefined,
  )
  const broken = await serveEngine(url =>
    /GET (\/v[\d.]+)?\/info/.test(url) ? { status: 500, body: 'not even JSON' } : undefined,
  )
  const { hosts, failures } = await connect(
    makeSpec('nowhere', `unix://${folder}/none.sock`),
    makeSpec('closed', 'tcp://127.0.0.1:9'),
    makeSpec('direct', `unix://${socketPath}`),
    makeSpec('no-ssh', 'ssh://pi'),
    makeSpec('option', 'ssh://-oProxyCommand'),
    makeSpec('kind', 'gopher://pi'),
    makeSpec('old', old),
    makeSpec('windows', windows),
    makeSpec('broken', broken),
    makeSpec('mistaken', await serveEngine(() => undefined), { platforms: ['linux/s390x', 'linux/riscv64'] }),
  )
  expect(hosts.map(host => host.name)).toEqual(['direct'])
  expect((await hosts[0]?.engine.ping())?.toString()).toBe('OK')
  expect(failures.map(({ spec, error }) => `${spec.name} ${error.code}`)).toEqual([
    'nowhere ENGINE_UNAVAILABLE',
    'closed ENGINE_UNAVAILABLE',
    'no-ssh ENGINE_UNAVAILABLE',
    'option CONFIG_INVALID',
    'kind ENGINE_UNAVAILABLE',
    'old ENGINE_UNSUPPORTED',
    'windows ENGINE_UNAVAILABLE',
    'broken ENGINE_UNAVAILABLE',
    'mistaken HOST_MISMATCH',
  ])
  for (const { error } of failures) expect(error.hint, error.message).toBeTruthy()
  const told = Object.fromEntries(
    failures.map(({ spec, error }) => [spec.name, `${error.message} ${error.hint}`]),
  )
  expect(told['no-ssh']).toMatch(/no `ssh` command here.*openssh-client/)
  expect(told.old).toMatch(/API 1\.26, and 1\.40 is needed/)
  expect(told.mistaken).toMatch(/declared for linux\/s390x, linux\/riscv64, but its engine is linux\//)
})

test('this machine’s own engine is taken whatever it was declared for', async () => {
  const spec = makeSpec('local', `unix://${socketPath}`, { local: true, platforms: ['linux/s390x'] })
  expect((await connect(spec)).hosts.map(host => host.facts.kind)).toEqual(['local'])
})

test('no hosts are no hosts', async () => {
  expect(await connect()).toEqual({ hosts: [], failures: [], twins: [] })
})

test('sockets of hosts are short, told apart, and safe whatever their names', () => {
  const names = ['a', 'b', '../../etc', 'x'.repeat(1000), 'ü \n', '']
  const sockets = names.flatMap(name => [nameSocket('/run/x', name), nameSocket('/run/x', name, 'c')])
  expect(new Set(sockets).size).toBe(sockets.length)
  for (const socket of sockets) expect(socket).toMatch(/^\/run\/x\/[0-9a-f]{6}\.[ec]$/)
})
