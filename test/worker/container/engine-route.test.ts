import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROGRAM_LABEL } from '../../../src/hosts/scratch-image.js'
import { normalizePlatform } from '../../../src/model/platform.js'
import { LABELS } from '../../../src/run/owner.js'
import { removeRunContainers } from '../../../src/run/sweep.js'
import { ContainerHandle } from '../../../src/worker/container/container-handle.js'
import { openEngineRoute } from '../../../src/worker/container/engine-route.js'
import { reachPort } from '../../../src/worker/container/reach-port.js'
import { type HttpOptions, requestContainer } from '../../../src/worker/container/request-http.js'
import type { LabHost } from '../../lab/hosts/host.js'
import { startPodman } from '../../lab/hosts/podman.js'
import { findHostProblem, HOST_START_MS } from '../../lab/hosts/requirements.js'
import { startSshHost } from '../../lab/hosts/ssh-host.js'
import { startTlsEngine } from '../../lab/hosts/tls-engine.js'
import { AMD64 } from '../../lab/platforms.js'
import { connectTestEngine } from '../test-container.js'
import { makeContext } from '../test-context.js'
import { buildBusybox, loadTestImage, type TestImage } from '../test-image.js'

const FILES = [
  { path: 'www/index.html', content: 'hello\n' },
  { path: 'www/cgi-bin', directory: true as const },
  // What it was sent, with an empty line before it.
  { path: 'www/cgi-bin/echo', content: "#!/bin/sh\nprintf '\\r\\n'\nexec cat\n", mode: 0o755 },
  {
    path: 'www/cgi-bin/slow',
    content: "#!/bin/sh\nprintf 'Content-Length: 100\\r\\n\\r\\n'\necho begun\nsleep 60\n",
    mode: 0o755,
  },
  // Many requests on one connection, each answered with its number.
  {
    path: 'work/keep',
    content: `#!/bin/sh
cr=$(printf '\\r')
n=0
while read -r line; do
  [ "$line" = "$cr" ] || continue
  n=$((n + 1))
  printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\n%d' $n
done
`,
    mode: 0o755,
  },
]

const HTTPD = 'httpd -f -p 8080 -h /www'

type Kind = 'local' | 'tls' | 'podman' | 'ssh'

const STARTS: Readonly<Record<Exclude<Kind, 'local'>, () => Promise<LabHost>>> = {
  tls: startTlsEngine,
  podman: startPodman,
  ssh: startSshHost,
}

const kinds: Kind[] = ['local']
for (const kind of ['tls', 'podman', 'ssh'] as const) {
  if ((await findHostProblem(kind)) === undefined) kinds.push(kind)
}

describe.each(kinds)('the ports of containers through the engine: %s', kind => {
  let host: LabHost | undefined
  let engine: Docker
  let image: TestImage
  let architecture: string

  beforeAll(async () => {
    host = kind === 'local' ? undefined : await STARTS[kind]()
    engine = host?.engine ?? (await connectTestEngine())
    image = await loadTestImage(engine, AMD64, await buildBusybox(AMD64, FILES))
    const { Architecture } = await engine.info()
    architecture = normalizePlatform({ os: 'linux', architecture: Architecture }).architecture
  }, HOST_START_MS)
  afterAll(() => host?.stop())

  /** Runs `work` with a container that runs a line of shell; all of it must be gone afterwards. */
  async function withContainer(line: string, work: (container: Reached) => Promise<void>): Promise<void> {
    const runId = randomUUID()
    const labels = { [LABELS.run]: runId }
    const context = makeContext(image, AMD64, { labels, reach: { kind: 'engine', architecture } })
    const HostConfig = { Init: true }
    const Cmd = ['/bin/sh', '-c', line]
    const container = await engine.createContainer({ Image: image.name, Cmd, Labels: labels, HostConfig })
    const handle = new ContainerHandle(container, context, {}, async () => {})
    const filters = { label: [`${LABELS.run}=${runId}`] }
    try {
      await container.start()
      await work({ ...makeReached(handle, labels), runId })
    } finally {
      await handle.remove()
      const left = await engine.listContainers({ all: true, filters })
      await removeRunContainers(engine, runId)
      expect(left.map(each => each.Names)).toEqual([])
      const images = await engine.listImages({ filters: { label: [PROGRAM_LABEL] } })
      expect(images.filter(each => each.Labels?.[LABELS.run] === runId)).toEqual([])
    }
  }

  type Reached = ReturnType<typeof makeReached> & { readonly runId: string }

  function makeReached(handle: ContainerHandle, labels: Record<string, string>) {
    const open = (of: string) => openEngineRoute(engine, handle, of, labels)
    return {
      handle,
      ask: async (path: string, options: HttpOptions = {}, stillStarting = async () => false) => {
        const reach = { kind: 'engine' as const, architecture }
        const route = await reachPort(reach, await handle.readState(), options.port ?? 8080, open)
        if (route === undefined) throw new Error('no way')
        const signal = new AbortController().signal
        const limits = { timeoutMs: 20_000, maxBytes: 10_000_000, signal, stillStarting }
        return requestContainer(route, 'http://container', path, options, limits)
      },
    }
  }

  test('questions and answers of any size come through, one after another and at once', async () => {
    await withContainer(HTTPD, async ({ ask }) => {
      const first = await ask('/', {}, async () => true)
      expect(first).toMatchObject({ result: { status: 200 }, observation: { status: 200 } })
      expect(first.result?.text()).toBe('hello\n')
      const body = randomBytes(1_000_003)
      const echo = await ask('/cgi-bin/echo', { method: 'POST', body })
      expect(Buffer.from(echo.result?.bytes ?? []).equals(body)).toBe(true)
      const many = await Promise.all(
        Array.from({ length: 5 }, (_, i) => ask('/cgi-bin/echo', { method: 'POST', body: `number ${i}` })),
      )
      expect(many.map(each => each.result?.text())).toEqual([0, 1, 2, 3, 4].map(i => `number ${i}`))
    })
  })

  test('a connection is kept for the next requests', async () => {
    await withContainer('while nc -l -p 8080 -e /work/keep; do :; done', async ({ ask }) => {
      for (let i = 1; i <= 9; i++) {
        const reading = await ask('/', {}, async () => true)
        expect(reading.result?.text()).toBe(String(i))
      }
    })
  })

  test('a server that starts late is waited for, and a port where nothing listens is told', async () => {
    await withContainer(`sleep 2; exec ${HTTPD}`, async ({ ask }) => {
      const late = await ask('/', {}, async () => true)
      expect(late.result?.status).toBe(200)
      const closed = await ask('/', { port: 81 })
      expect(closed.observation).toMatchObject({ error: 'ECONNREFUSED' })
      const impatient = await ask('/', { port: 81, timeoutMs: 200 }, async () => true)
      expect(impatient.observation).toMatchObject({ error: 'TimeoutError' })
    })
  })

  test('a container that ends in the middle of an answer breaks it off', async () => {
    await withContainer(HTTPD, async ({ ask, handle }) => {
      await ask('/', {}, async () => true)
      const asked = ask('/cgi-bin/slow')
      await sleep(1000)
      await handle.engine.kill()
      expect((await asked).observation).toMatchObject({
        error: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
      })
    })
  })

  test('what a killed run has left is removed, the bridge before the container whose network it shares', async () => {
    await withContainer(HTTPD, async ({ ask, runId }) => {
      await ask('/', {}, async () => true)
      expect(await removeRunContainers(engine, runId)).toBe(2)
      const filters = { label: [`${LABELS.run}=${runId}`] }
      expect(await engine.listContainers({ all: true, filters })).toEqual([])
    })
  })

  test('a bridge that is gone is the engine’s failure, and not the server’s', async () => {
    await withContainer(HTTPD, async ({ ask, handle }) => {
      await ask('/', {}, async () => true)
      const label = [`org.archparity.bridge=${handle.id}`]
      const [bridge] = await engine.listContainers({ filters: { label } })
      await engine.getContainer(bridge?.Id as string).remove({ force: true })
      await expect(ask('/')).rejects.toMatchObject({ archparity: 'infrastructure', code: 'PORT_UNREACHABLE' })
    })
  })
})
