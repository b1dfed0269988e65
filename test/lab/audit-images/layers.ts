import { gzipSync } from 'node:zlib'
import { digestBytes } from '../digest-bytes.js'
import { type Content, writeImage, writeIndex } from '../image-writer.js'
import { attest } from '../images/attested.js'
import { buildPlatform } from '../images/recipe.js'
import { buildLayer, type FileEntry, type Layer, packEntries } from '../layer.js'
import { AMD64, ARM64, type LabPlatform, S390X } from '../platforms.js'
import { buildUserland } from '../userland.js'
import type { KnownBad } from './known-bad.js'

const ARM64_ONLY = ['linux/arm64']
const THREE = [AMD64, ARM64, S390X]

/** Layers that cannot be read, and indexes that lack something. */
export const LAYERS: readonly KnownBad[] = [
  {
    name: 'truncated-layer',
    kind: 'layer',
    about: 'the second layer of arm64 ends in the middle',
    build: () => damage(layer => layer.bytes.subarray(0, layer.bytes.length >> 1)),
    expected: [{ rule: 'unreadable-layer', platforms: ARM64_ONLY }],
  },
  {
    name: 'corrupt-layer',
    kind: 'layer',
    about: 'one byte of the second layer of arm64 was changed',
    build: () =>
      damage(layer => {
        const bytes = Buffer.from(layer.bytes)
        const at = bytes.length >> 1
        bytes[at] = (bytes[at] ?? 0) ^ 0xff
        return bytes
      }),
    expected: [{ rule: 'unreadable-layer', platforms: ARM64_ONLY }],
  },
  {
    name: 'escaping-layer',
    kind: 'layer',
    about: 'a path of the second layer of arm64 leads out of the root',
    build: async () => {
      const escaping = await packRaw([
        ...MANY,
        { path: '../../etc/cron.d/job', content: '* * * * * root true\n' },
      ])
      return await damage(() => gzipSync(escaping), escaping)
    },
    expected: [{ rule: 'unreadable-layer', platforms: ARM64_ONLY }],
  },
  {
    name: 'exploding-layer',
    kind: 'layer',
    about: 'the second layer of arm64 is 10 MB that unpack to 10 GB of zeros',
    build: () => damage(writeBomb),
    expected: [{ rule: 'unreadable-layer', platforms: ARM64_ONLY }],
  },
  {
    name: 'attestation-missing',
    kind: 'index',
    about: 'amd64 and s390x have provenance, arm64 has none',
    build: async () => {
      const platforms = await Promise.all(THREE.map(platform => buildPlatform(platform)))
      const attested = platforms.filter((_, at) => THREE[at] !== ARM64)
      return writeIndex([...platforms, ...attested.map(attest)])
    },
    expected: [{ rule: 'attestation-missing', platforms: ARM64_ONLY }],
  },
  {
    name: 'platform-missing',
    kind: 'index',
    about: 'linux/arm/v7 is demanded, and not in the index',
    build: async () => writeIndex(await Promise.all(THREE.map(platform => buildPlatform(platform)))),
    requiredPlatforms: ['linux/amd64', 'linux/arm/v7'],
    expected: [{ rule: 'platform-missing', platforms: ['linux/arm/v7'] }],
  },
  {
    name: 'layers-differ',
    kind: 'index',
    about: 'arm64 has one layer more than the others',
    build: async () => {
      const more = await buildLayer([{ path: 'srv', directory: true }])
      const build = async (platform: LabPlatform) =>
        writeImage({
          platform: platform.platform,
          layers: [await buildUserland(platform), ...(platform === ARM64 ? [more, EMPTY] : [more])],
        })
      return writeIndex(await Promise.all(THREE.map(build)))
    },
    expected: [{ rule: 'layers-differ', platforms: ARM64_ONLY, severity: 'note' }],
  },
]

/** Files of which a damaged layer loses some; the first one is what the layer that explodes has a larger one of. */
const MANY: readonly FileEntry[] = [
  { path: 'srv/app/zeros', content: Buffer.alloc(512) },
  ...Array.from({ length: 200 }, (_, at) => ({
    path: `srv/app/part-${String(at).padStart(3, '0')}`,
    content: digestBytes(Buffer.from(String(at))).repeat(20),
  })),
]

const EMPTY: Layer = await buildLayer([])

/** Three platforms with a second layer each; that of arm64 is replaced by other bytes. */
async function damage(change: (layer: Layer) => Buffer, tar?: Buffer): Promise<Content> {
  const layer = await buildLayer(MANY)
  const bytes = change(layer)
  const damaged = {
    bytes,
    digest: digestBytes(bytes),
    diffId: tar === undefined ? layer.diffId : digestBytes(tar),
  }
  const build = async (platform: LabPlatform) =>
    writeImage({
      platform: platform.platform,
      layers: [await buildUserland(platform), platform === ARM64 ? damaged : layer],
    })
  return writeIndex(await Promise.all(THREE.map(build)))
}

async function packRaw(entries: readonly FileEntry[]): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of packEntries(entries)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Many gzip members one after another are one stream (RFC 1952, 2.2): a tar header, and the same zeros ten times. */
function writeBomb(): Buffer {
  const [pieces, size] = [10, 1024 ** 3]
  const header = Buffer.alloc(512)
  header.write('srv/app/zeros')
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${(pieces * size).toString(8).padStart(11, '0')} `, 124)
  header.write('00000000000\0', 136)
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const zeros = gzipSync(Buffer.alloc(size / 8), { level: 9 })
  return Buffer.concat([gzipSync(header), ...Array.from({ length: pieces * 8 }, () => zeros)])
}
