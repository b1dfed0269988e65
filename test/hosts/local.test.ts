import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, get, type RequestListener } from 'node:http'
import { arch, hostname, release, tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { connectHost } from '../../src/hosts/connect-host.js'
import type { Host, HostSpec } from '../../src/hosts/host.js'
import { listHosts } from '../../src/hosts/list-hosts.js'
import { watchEngine } from '../../src/hosts/watch-engine.js'

let directory: string
let served = 0

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'engine-test-'))
  return () => rm(directory, { recursive: true })
})

/** The engine that Docker's own command would use in that environment. */
async function connectLocalHost(env: NodeJS.ProcessEnv = process.env): Promise<Host> {
  const [spec] = await listHosts([], true, env)
  return connectHost(spec as HostSpec, { env, directory })
}

/** An engine that gives these answers, on a socket of its own. */
async function serve(listener: RequestListener) {
  served += 1
  const socket = path.join(directory, `engine-${served}.sock`)
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(socket, resolve))
  return {
    DOCKER_HOST: `unix://${socket}`,
    close: () =>
      new Promise(resolve => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

/** Asks past archparity's own client. */
async function askEngine(endpoint: string, route: string): Promise<Record<string, string>> {
  const socketPath = endpoint.slice('unix://'.length)
  const response = await new Promise<AsyncIterable<Buffer>>((resolve, reject) => {
    get({ socketPath, path: route, agent: false }, resolve).on('error', reject)
  })
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

const VERSION = { Version: '1.2', ApiVersion: '1.41', Os: 'linux', Arch: 'amd64', KernelVersion: '1.0' }

const answerWith =
  (info: object, version: object = VERSION): RequestListener =>
  (request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url?.endsWith('/info') ? info : version))
  }

describe('an engine that does not answer', () => {
  test.each([
    ['a socket that is not there', 'unix:///nowhere/docker.sock', 'ENOENT'],
    ['a port where nothing listens', 'tcp://127.0.0.1:1', 'ECONNREFUSED'],
    ['a file that is no socket', 'unix:///etc/passwd', 'ECONNREFUSED|ENOTSOCK'],
  ])('%s', async (_, DOCKER_HOST, words) => {
    const error = await connectLocalHost({ DOCKER_HOST }).catch(error => error)
    expect(error).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      category: 'coverage',
      hint: expect.stringContaining('DOCKER_HOST'),
      details: { endpoint: DOCKER_HOST },
    })
    expect(error.message).toContain(`${DOCKER_HOST} (from DOCKER_HOST)`)
    expect(error.message).toMatch(new RegExp(words))
  })

  test('something else that answers', async () => {
    const { DOCKER_HOST, close } = await serve((_, response) => response.writeHead(404).end('nope'))
    await expect(connectLocalHost({ DOCKER_HOST })).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
    await close()
  })

  test('an engine for Windows containers', async () => {
    const { DOCKER_HOST, close } = await serve(answerWith({ OSType: 'windows' }))
    await expect(connectLocalHost({ DOCKER_HOST })).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('windows containers'),
    })
    await close()
  })
})

describe('facts', () => {
  async function readFacts(info: object, version?: object) {
    const { DOCKER_HOST, close } = await serve(answerWith(info, version))
    try {
      const host = await connectLocalHost({ DOCKER_HOST })
      return { ...host.facts, reach: host.reach.kind }
    } finally {
      await close()
    }
  }

  test('a terse engine leaves gaps, not errors', async () => {
    expect(await readFacts({})).toMatchObject({
      os: 'linux',
      architecture: 'amd64',
      engine: {
        name: 'Docker Engine',
        version: '1.2',
        apiVersion: '1.41',
        imageStore: 'classic',
        rootless: false,
      },
      sameKernel: false,
      handlers: [],
      handlersKnown: false,
    })
  })

  test('the machine’s name for an architecture becomes OCI’s', async () => {
    expect((await readFacts({ Architecture: 'aarch64' })).architecture).toBe('arm64')
    expect((await readFacts({ Architecture: 'x86_64' })).architecture).toBe('amd64')
  })

  test('a containerd image store is told from its driver', async () => {
    const DriverStatus = [['driver-type', 'io.containerd.snapshotter.v1']]
    expect((await readFacts({ DriverStatus })).engine.imageStore).toBe('containerd')
    expect((await readFacts({ DriverStatus: null })).engine.imageStore).toBe('classic')
  })

  test('Podman is told from its components', async () => {
    const facts = await readFacts({}, { ...VERSION, Components: [{ Name: 'Podman Engine' }] })
    expect(facts.engine.name).toBe('Podman')
  })

  test('a rootless engine’s containers cannot be reached by their address', async () => {
    const facts = await readFacts({
      KernelVersion: release(),
      Name: hostname(),
      SecurityOptions: ['name=seccomp', 'name=rootless'],
    })
    expect(facts).toMatchObject({ sameKernel: true, engine: { rootless: true }, reach: 'engine' })
  })

  test.each([
    ['another kernel release', { KernelVersion: '1.0', Name: hostname() }, false],
    [
      'a virtual machine with the same release',
      { KernelVersion: release(), OperatingSystem: 'Docker Desktop', Name: 'docker-desktop' },
      false,
    ],
    ['the same machine', { KernelVersion: release(), Name: hostname(), OperatingSystem: 'Debian' }, true],
    [
      'the same machine, seen from a container',
      { KernelVersion: release(), Name: 'host', OperatingSystem: 'Debian' },
      true,
    ],
  ])('%s', async (_, info, expected) => {
    const facts = await readFacts(info)
    expect(facts.sameKernel).toBe(expected)
    expect(facts.handlersKnown || !expected).toBe(true)
  })

  test('of the real engine are those that it and the kernel give', async () => {
    const host = await connectLocalHost()
    const { facts } = host
    const version = await askEngine(facts.endpoint, '/version')
    expect(facts).toMatchObject({
      os: 'linux',
      name: 'local',
      kernel: version.KernelVersion,
      architecture: version.Arch,
      engine: { version: version.Version, apiVersion: version.ApiVersion },
    })
    expect(facts.cpus).toBeGreaterThan(0)
    expect(facts.memory).toBeGreaterThan(1e8)
    if (facts.sameKernel) expect(facts.kernel).toBe(release())
    if (arch() === 'x64' && facts.sameKernel) expect(facts.architecture).toBe('amd64')
    for (const { name, version } of facts.handlers.filter(
      each => each.name.startsWith('qemu-') && each.enabled,
    )) {
      expect(version, name).toMatch(/^\d+\.\d+/)
    }
    expect(host.dockerHost).toBe(facts.endpoint)
    await host.close()
  })
})

describe('watching an engine', () => {
  /** Time passes as told, and after each step the engine has had time to answer. */
  async function pass(seconds: number) {
    for (let second = 0; second < seconds; second++) {
      vi.advanceTimersByTime(1000)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    return () => {
      vi.useRealTimers()
    }
  })

  test('one that goes away is noticed once', async () => {
    const { DOCKER_HOST, close } = await serve(answerWith({}))
    const lost: string[] = []
    const watch = watchEngine(await connectLocalHost({ DOCKER_HOST }), message => lost.push(message))
    await pass(10)
    expect(lost).toEqual([])
    await close()
    await pass(20)
    watch.stop()
    expect(lost).toEqual([
      expect.stringMatching(/^The engine at unix:.* no longer answers: .*(ENOENT|ECONNREFUSED)/),
    ])
  })

  test('one that is only slow for a while is not lost', async () => {
    let asked = 0
    const { DOCKER_HOST, close } = await serve((request, response) => {
      if (!request.url?.endsWith('/_ping')) return answerWith({})(request, response)
      asked += 1
      response.writeHead(asked % 3 === 0 ? 200 : 500).end('{}')
    })
    const lost: string[] = []
    const watch = watchEngine(await connectLocalHost({ DOCKER_HOST }), message => lost.push(message))
    await pass(24)
    watch.stop()
    await close()
    expect(asked).toBeGreaterThan(8)
    expect(lost).toEqual([])
  })

  test('one that takes requests and never answers is noticed too', async () => {
    const { DOCKER_HOST, close } = await serve((request, response) => {
      if (!request.url?.endsWith('/_ping')) answerWith({})(request, response)
    })
    const lost: string[] = []
    const watch = watchEngine(await connectLocalHost({ DOCKER_HOST }), message => lost.push(message))
    await pass(20)
    watch.stop()
    await close()
    expect(lost).toEqual([expect.stringContaining('it does not reply')])
  })
})
