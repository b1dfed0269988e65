import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { expect, test } from 'vitest'
import { buildProbeImage } from '../../src/hosts/probe-image.js'
import { makeProbeProgram, PROBE_ARCHITECTURES } from '../../src/hosts/probe-program.js'
import type { ScratchImage } from '../../src/hosts/scratch-image.js'

async function readTar(bytes: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const archive = Readable.from([bytes]).pipe(extract())
  for await (const entry of archive) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    files.set(entry.header.name, Buffer.concat(chunks))
  }
  return files
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const parse = (bytes: Buffer | undefined) => JSON.parse((bytes as Buffer).toString())

test.each(PROBE_ARCHITECTURES)(
  'the image for %s is the program, in both formats at once',
  async architecture => {
    const image = (await buildProbeImage(architecture, { a: 'b' })) as ScratchImage
    const files = await readTar(image.archive)
    const blob = (digest: string) => files.get(`blobs/${digest.replace(':', '/')}`) as Buffer
    const [config, manifest] = image.names
    for (const [name, content] of files)
      if (name.startsWith('blobs/')) expect(name).toBe(`blobs/sha256/${sha256(content)}`)
    expect(parse(files.get('index.json')).manifests).toMatchObject([{ digest: manifest }])
    const { config: named, layers } = parse(blob(manifest))
    expect(named).toMatchObject({ digest: config, size: blob(config).length })
    expect(parse(files.get('manifest.json'))).toEqual([
      {
        Config: `blobs/${config.replace(':', '/')}`,
        RepoTags: [],
        Layers: [`blobs/${layers[0].digest.replace(':', '/')}`],
      },
    ])
    expect(parse(blob(config))).toMatchObject({
      os: 'linux',
      architecture,
      config: { Labels: { a: 'b', 'org.archparity.program': architecture } },
      rootfs: { diff_ids: [layers[0].digest] },
    })
    const layer = await readTar(blob(layers[0].digest))
    expect([...layer]).toEqual([['probe', makeProbeProgram(architecture)]])
  },
)

test('the same labels give the same image, and others another', async () => {
  const names = async (labels: Record<string, string>) => (await buildProbeImage('arm64', labels))?.names
  expect(await names({ a: 'b' })).toEqual(await names({ a: 'b' }))
  expect(await names({ a: 'b' })).not.toEqual(await names({ a: 'c' }))
  expect(await buildProbeImage('made-up', {})).toBeUndefined()
})
