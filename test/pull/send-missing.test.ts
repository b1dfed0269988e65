import { randomBytes, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type Docker from 'dockerode'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createEngineClient } from '../../src/hosts/engine-client.js'
import { startSocketProxy } from '../../src/hosts/socket-proxy.js'
import type { PlatformImage } from '../../src/model/image.js'
import { type BlobSource, loadImage } from '../../src/pull/load-image.js'
import { digestBytes } from '../lab/digest-bytes.js'
import type { LabHost } from '../lab/hosts/host.js'
import { startPodman } from '../lab/hosts/podman.js'
import { findHostProblem, HOST_START_MS, type HostKind } from '../lab/hosts/requirements.js'
import { startSshHost } from '../lab/hosts/ssh-host.js'
import { startTlsEngine } from '../lab/hosts/tls-engine.js'
import { writeImage } from '../lab/image-writer.js'
import { buildLayer, type Layer } from '../lab/layer.js'
import { AMD64 } from '../lab/platforms.js'
import { makeFolder } from '../run/temporary.js'
import { connectTestEngine } from '../worker/test-container.js'
import { buildBusybox, describeContent, openContent } from '../worker/test-image.js'

const BIG = 3_000_000

function makeImage(layers: readonly Layer[]) {
  const content = writeImage({ platform: AMD64.platform, layers, config: { Cmd: ['/bin/sh'] } })
  const image = describeContent(content)
  return { image, source: countReads(openContent(content), image) }
}

const makeBig = () => buildLayer([{ path: 'big', content: randomBytes(BIG) }])
function compressAnew(layer: Layer): Layer {
  const bytes = gzipSync(gunzipSync(layer.bytes), { level: 1 })
  return { ...layer, bytes, digest: digestBytes(bytes) }
}

const makeSmall = () => buildLayer([{ path: 'own', content: randomUUID() }])

/** Says which layers were read, by their place; what is read is sent. */
function countReads(source: BlobSource, { layers }: PlatformImage): BlobSource & { readonly sent: number[] } {
  const sent: number[] = []
  return {
    ...source,
    sent,
    readBlob: blob => {
      const place = layers.findIndex(({ digest }) => digest === blob.digest)
      if (place >= 0) sent.push(place)
      return source.readBlob(blob)
    },
  }
}

/** The same engine through a socket that counts what is sent to it. */
async function countBytes(engine: Docker): Promise<{ engine: Docker; count: () => number }> {
  const { socketPath } = (engine as unknown as { modem: { socketPath: string } }).modem
  let bytes = 0
  const proxy = await startSocketProxy(path.join(await makeFolder(), 's'), () => {
    const far = connect(socketPath)
    const { write } = far
    far.write = (...args: unknown[]) => {
      bytes += (args[0] as Buffer).length
      return write.apply(far, args as Parameters<typeof write>)
    }
    return far
  })
  onTestFinished(() => proxy.close())
  return { engine: createEngineClient(`unix://${proxy.socketPath}`), count: () => bytes }
}

/** An image is only held if a container of it sees all of its layers. */
async function listFiles(engine: Docker, name: string): Promise<string> {
  const container = await engine.createContainer({
    Image: name,
    Cmd: ['/bin/sh', '-c', 'wc -c /big /own'],
    Tty: true,
  })
  try {
    await container.start()
    await container.wait()
    return String(await container.logs({ stdout: true }))
  } finally {
    await container.remove({ force: true })
  }
}

/** The last says whether the engine knows layers by their compressed bytes. */
const KINDS: [string, HostKind | undefined, boolean, () => Promise<Pick<LabHost, 'engine' | 'stop'>>][] = [
  [
    'the machine’s own engine',
    undefined,
    false,
    async () => ({ engine: await connectTestEngine(), stop: async () => {} }),
  ],
  ['Docker 26 with the classic store', 'tls', false, () => startTlsEngine({ registries: [] })],
  ['Docker 26 with the containerd store', 'ssh', false, () => startSshHost({ registries: [] })],
  ['Podman', 'podman', true, () => startPodman({ registries: [] })],
]

for (const [name, kind, knowsBytes, start] of KINDS) {
  const problem = kind === undefined ? undefined : await findHostProblem(kind)
  describe.skipIf(problem)(name, () => {
    test('is sent the layers that it lacks, and all where its own do not fit', {
      timeout: HOST_START_MS,
    }, async () => {
      const host = await start()
      onTestFinished(() => host.stop())
      const { engine, count } = await countBytes(host.engine)
      const made: string[] = []
      onTestFinished(async () => {
        for (const id of made) await host.engine.getImage(id).remove({ force: true })
      })
      const load = async ({ image, source }: ReturnType<typeof makeImage>) => {
        const before = count()
        const loaded = await loadImage(engine, source, image)
        made.push(loaded.name)
        expect(loaded).toMatchObject({ fetched: true })
        expect(await listFiles(host.engine, loaded.name)).toMatch(/3000000 \/big\s+36 \/own/)
        return { sent: source.sent, bytes: count() - before }
      }
      // Other tests' images on the same engine begin otherwise.
      const base = [
        await buildLayer([{ path: 'first', content: randomUUID() }]),
        ...(await buildBusybox(AMD64)),
        await makeBig(),
      ]
      const first = await load(makeImage([...base, await makeSmall()]))
      expect(first.sent).toEqual([0, 1, 2, 3, 4])
      const second = await load(makeImage([...base, await makeSmall()]))
      expect(second.sent).toEqual([4])
      process.stderr.write(`${name}: ${first.bytes} bytes, then ${second.bytes}\n`)
      expect(second.bytes).toBeLessThan(100_000)
      // The large layer is another one, and what is above it must come again although it is the same.
      const own = await makeSmall()
      await load(makeImage([...base, own]))
      const third = await load(makeImage([...base.slice(0, -1), await makeBig(), own]))
      expect(third.sent).toEqual([3, 4])
      // The same content in other bytes: an engine that knows layers by them refuses, and is sent everything.
      const fourth = await load(makeImage([...base.map(compressAnew), await makeSmall()]))
      expect(fourth.sent).toEqual(knowsBytes ? [4, 0, 1, 2, 3, 4] : [4])
    })
  })
}
