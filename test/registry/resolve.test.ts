import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ArchparityError } from '../../src/errors.js'
import type { ResolvedImage } from '../../src/model/image.js'
import { formatPlatform } from '../../src/model/platform.js'
import { openImageSource } from '../../src/registry/index.js'
import { digestBytes } from '../lab/digest-bytes.js'
import {
  answerBytes,
  answerStatus,
  type FaultyRegistry,
  onPath,
  startFaultyRegistry,
} from '../lab/faulty-registry.js'
import { type Content, type Part, writeIndex, writeJson, writeManifest } from '../lab/image-writer.js'
import { createRandom, mutateText, pickNumber } from '../lab/random.js'
import {
  catchFailure,
  createTestClock,
  describePart,
  makeAttestation,
  makeImage,
  makeRoot,
  makeSixPlatforms,
  withDescriptor,
} from './synthetic.js'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const CONFIG = 'application/vnd.oci.image.config.v1+json'

let registry: FaultyRegistry
let count = 0
beforeAll(async () => {
  registry = await startFaultyRegistry()
})
afterAll(async () => await registry.close())

/** Stores the content under a repository of its own and resolves it. */
async function resolve(
  content: Content,
  selector = ':v1',
  prepare?: (repository: string) => void,
): Promise<ResolvedImage> {
  count += 1
  registry.store(`lab/app${count}`, 'v1', content)
  prepare?.(`lab/app${count}`)
  const source = await openImageSource(`${registry.host}/lab/app${count}${selector}`, {
    clock: createTestClock(),
    env: { HOME: '/nonexistent' },
  })
  try {
    return await source.resolve()
  } finally {
    await source.close()
  }
}

const names = (image: ResolvedImage) => image.platforms.map(({ platform }) => formatPlatform(platform))
const codes = (image: ResolvedImage) => image.notes.map(({ code }) => code)

describe('an index', () => {
  test('gives its platforms in its order, with verified configs and their attestations', async () => {
    const content = makeSixPlatforms()
    const image = await resolve(content)
    expect(names(image)).toEqual([
      'linux/amd64',
      'linux/arm64',
      'linux/arm/v7',
      'linux/386',
      'linux/ppc64le',
      'linux/s390x',
    ])
    expect(image).toMatchObject({
      repository: `${registry.host}/lab/app${count}`,
      reference: `${registry.host}/lab/app${count}:v1@${content.descriptor.digest}`,
      source: 'registry',
      digest: content.descriptor.digest,
      mediaType: INDEX,
      kind: 'index',
      notes: [],
    })
    expect(image.attestations).toHaveLength(6)
    const [first] = image.platforms
    expect(first).toMatchObject({
      platformFrom: 'descriptor',
      configPlatform: { os: 'linux', architecture: 'amd64' },
      imageConfig: { command: ['/bin/true'], env: ['PATH=/bin'] },
      attestations: [
        {
          subject: first?.manifest.digest,
          predicateTypes: ['https://slsa.dev/provenance/v0.2', 'https://spdx.dev/Document'],
        },
      ],
    })
    expect(first?.layers).toHaveLength(1)
    expect(first?.imageConfig.diffIds).toHaveLength(1)
  })

  test('in the Docker dialect is the same', async () => {
    const images = ['linux/amd64', 'linux/arm64'].map(name => makeImage(name, { dialect: 'docker' }))
    const image = await resolve(writeIndex(images, 'docker'))
    expect(image.mediaType).toBe('application/vnd.docker.distribution.manifest.list.v2+json')
    expect(names(image)).toEqual(['linux/amd64', 'linux/arm64'])
  })

  test('may be asked for by digest, with the tag only shown', async () => {
    const content = makeSixPlatforms()
    const image = await resolve(content, `:never-pushed@${content.descriptor.digest}`)
    expect(image.reference).toContain(`:never-pushed@${content.descriptor.digest}`)
    expect(image.platforms).toHaveLength(6)
  })

  test('may nest', async () => {
    const inner = writeIndex([makeImage('linux/arm64'), writeIndex([makeImage('linux/s390x')])])
    const image = await resolve(writeIndex([makeImage('linux/amd64'), inner, inner]))
    expect(names(image)).toEqual(['linux/amd64', 'linux/arm64', 'linux/s390x'])
  })

  test('that is nested twice is read once, and there may not be many', async () => {
    const inner = writeIndex([makeImage('linux/arm64')])
    await resolve(writeIndex([inner, inner, inner]))
    const asked = registry.requests.filter(({ path }) =>
      path.endsWith(`app${count}/manifests/${inner.descriptor.digest}`),
    )
    expect(asked).toHaveLength(1)
    const empty = Array.from({ length: 101 }, (_, at) =>
      makeRoot(INDEX, { mediaType: INDEX, manifests: [], at }),
    )
    const error = await catchFailure(resolve(writeIndex(empty)))
    expect(error.message).toContain('more than 100 indexes')
  })

  test('may not nest without end', async () => {
    let content = writeIndex([makeImage('linux/amd64')])
    for (let depth = 0; depth < 3; depth += 1) content = writeIndex([content])
    expect(names(await resolve(content))).toEqual(['linux/amd64'])
    const error = await catchFailure(resolve(writeIndex([content])))
    expect(error.code).toBe('MANIFEST_INVALID')
    expect(error.message).toContain('nested more than 4 deep')
  })

  test('may not have entries without end', async () => {
    const one = makeImage('linux/amd64')
    const error = await catchFailure(resolve(writeIndex(Array.from({ length: 1001 }, () => one))))
    expect(error.message).toContain('more than 1000 entries')
  })

  test('keeps variants, OS versions and other systems', async () => {
    const windows = withDescriptor(makeImage('windows/amd64'), {
      platform: { os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.2340' },
    })
    const image = await resolve(writeIndex([makeImage('linux/arm/v6'), makeImage('linux/amd64/v3'), windows]))
    expect(names(image)).toEqual(['linux/arm/v6', 'linux/amd64/v3', 'windows/amd64(10.0.20348.2340)'])
    expect(image.notes).toEqual([])
  })

  test('with nothing in it has no platforms', async () => {
    for (const manifests of [[], null, undefined]) {
      const image = await resolve(makeRoot(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests }))
      expect(image.platforms).toEqual([])
    }
  })

  test('reads the platform of an entry without one from its config', async () => {
    const bare = ['linux/arm64/v8', 'linux/riscv64'].map(name =>
      withDescriptor(makeImage(name), { platform: undefined as never }),
    )
    const image = await resolve(writeIndex(bare))
    expect(names(image)).toEqual(['linux/arm64', 'linux/riscv64'])
    expect(image.platforms.map(({ platformFrom }) => platformFrom)).toEqual(['config', 'config'])
  })
})

test('a plain manifest is an image of one platform, which its config names', async () => {
  const content = makeImage('linux/arm/v7')
  const image = await resolve(content)
  expect(image).toMatchObject({
    kind: 'manifest',
    digest: content.descriptor.digest,
    mediaType: MANIFEST,
    notes: [],
  })
  expect(names(image)).toEqual(['linux/arm/v7'])
  expect(image.platforms[0]).toMatchObject({
    platformFrom: 'config',
    manifest: { digest: content.descriptor.digest },
  })
})

describe('notes', () => {
  test('a config that names another platform than the index', async () => {
    const lying = makeImage('linux/arm64', { configPlatform: { os: 'linux', architecture: 'amd64' } })
    const image = await resolve(writeIndex([makeImage('linux/amd64'), lying]))
    expect(image.notes).toMatchObject([
      { code: 'config-platform-mismatch', platform: 'linux/arm64', digest: lying.descriptor.digest },
    ])
    expect(image.platforms[1]?.configPlatform).toEqual({ os: 'linux', architecture: 'amd64' })
  })

  test('no mismatch where a config leaves the variant out, or spells the same otherwise', async () => {
    const images = [
      makeImage('linux/arm/v6', { configPlatform: { os: 'linux', architecture: 'arm' } }),
      makeImage('linux/arm64', { configPlatform: { os: 'linux', architecture: 'arm64', variant: 'v8' } }),
      makeImage('linux/arm/v7', { configPlatform: { os: 'linux', architecture: 'arm', variant: '7' } }),
    ]
    const image = await resolve(writeIndex(images))
    expect(image.notes).toEqual([])
    expect(image.platforms[0]?.configPlatform).toEqual({ os: 'linux', architecture: 'arm', variant: 'v6' })
  })

  test('a mismatch of variants that are both named', async () => {
    const image = await resolve(
      writeIndex([
        makeImage('linux/arm/v7', { configPlatform: { os: 'linux', architecture: 'arm', variant: 'v6' } }),
      ]),
    )
    expect(codes(image)).toEqual(['config-platform-mismatch'])
  })

  test('a platform that is listed twice, keeping both', async () => {
    const twin = makeImage('linux/amd64', { config: { Cmd: ['/bin/false'] } })
    const image = await resolve(writeIndex([makeImage('linux/amd64'), twin]))
    expect(names(image)).toEqual(['linux/amd64', 'linux/amd64'])
    expect(image.notes).toMatchObject([{ code: 'duplicate-platform', platform: 'linux/amd64' }])
  })

  test('the same entry twice, reading it once', async () => {
    const one = makeImage('linux/amd64')
    const image = await resolve(writeIndex([one, one]))
    expect(names(image)).toEqual(['linux/amd64'])
    expect(codes(image)).toEqual(['duplicate-platform'])
  })

  test('one manifest for two platforms', async () => {
    const one = makeImage('linux/amd64')
    const other = withDescriptor(one, { platform: { os: 'linux', architecture: 'arm64' } })
    const image = await resolve(writeIndex([one, other]))
    expect(names(image)).toEqual(['linux/amd64', 'linux/arm64'])
    expect(codes(image)).toEqual(['config-platform-mismatch', 'same-manifest-for-two-platforms'])
  })

  test('an attestation of nothing that is here', async () => {
    const gone = `sha256:${'0'.repeat(64)}`
    const orphan = makeAttestation(gone, ['https://slsa.dev/provenance/v1'])
    const image = await resolve(writeIndex([makeImage('linux/amd64'), orphan]))
    expect(image.notes).toMatchObject([{ code: 'orphan-attestation', digest: orphan.descriptor.digest }])
    expect(image.attestations).toEqual([
      { digest: orphan.descriptor.digest, subject: gone, predicateTypes: ['https://slsa.dev/provenance/v1'] },
    ])
  })

  test('an attestation that cannot be read, without failing', async () => {
    const amd64 = makeImage('linux/amd64')
    const attestation = makeAttestation(amd64.descriptor.digest, ['x'])
    const image = await resolve(writeIndex([amd64, { ...attestation, parts: [] }]))
    expect(codes(image)).toEqual(['unreadable-attestation'])
    expect(image.platforms[0]?.attestations).toMatchObject([{ predicateTypes: [] }])
  })

  test.each([
    ['application/vnd.cncf.helm.config.v1+json', MANIFEST],
    ['application/vnd.oci.empty.v1+json', MANIFEST],
  ])('an entry with the config type %s, which is no image', async (configType, type) => {
    const artifact = writeManifest(type, writeJson('blob', configType, {}), [])
    const image = await resolve(writeIndex([makeImage('linux/amd64'), artifact]))
    expect(names(image)).toEqual(['linux/amd64'])
    expect(image.notes).toMatchObject([{ code: 'foreign-entry', digest: artifact.descriptor.digest }])
    expect(image.notes[0]?.message).toContain(configType)
  })

  test('an entry of another media type, without fetching it', async () => {
    const blob = writeJson('blob', 'application/vnd.oci.artifact.manifest.v1+json', { blobs: [] })
    const image = await resolve(
      writeIndex([makeImage('linux/amd64'), { descriptor: describePart(blob), parts: [] }]),
    )
    expect(codes(image)).toEqual(['foreign-entry'])
    expect(registry.requests.some(({ path }) => path.includes(blob.digest))).toBe(false)
  })

  test('a platform whose manifest was never copied, and goes on with the others', async () => {
    const missing = makeImage('linux/arm64')
    const image = await resolve(writeIndex([makeImage('linux/amd64'), { ...missing, parts: [] }]))
    expect(names(image)).toEqual(['linux/amd64'])
    expect(image.notes).toMatchObject([
      { code: 'unreadable-platform', platform: 'linux/arm64', digest: missing.descriptor.digest },
    ])
  })

  test('an entry that is unknown/unknown without being an attestation: its config decides', async () => {
    const odd = withDescriptor(makeImage('linux/arm64'), {
      platform: { os: 'unknown', architecture: 'unknown' },
    })
    expect(names(await resolve(writeIndex([odd])))).toEqual(['linux/arm64'])
  })
})

describe('fails', () => {
  test('where no platform can be read', async () => {
    const missing = makeImage('linux/arm64')
    const error = await catchFailure(resolve(writeIndex([{ ...missing, parts: [] }])))
    expect(error.code).toBe('REGISTRY_NOT_FOUND')
  })

  test('where the bytes of one platform are not those that the index names', async () => {
    const [amd64, arm64] = [makeImage('linux/amd64'), makeImage('linux/arm64')]
    const altered = onPath(new RegExp(arm64.descriptor.digest), answerBytes(Buffer.from('{}')), 1)
    const error = await catchFailure(
      resolve(writeIndex([amd64, arm64]), ':v1', () => registry.misbehave(altered)),
    )
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(error.message).toContain(arm64.descriptor.digest)
  })

  test.each(['manifest', 'config'])('where the size of a %s is not what was promised', async which => {
    const image = makeImage('linux/amd64')
    const wrong =
      which === 'manifest'
        ? withDescriptor(image, { size: image.descriptor.size + 1 })
        : rewriteManifest(image, manifest => ({ ...manifest, config: { ...manifest.config, size: 5 } }))
    const error = await catchFailure(resolve(writeIndex([wrong])))
    expect(error.code).toBe('DIGEST_MISMATCH')
  })

  test('where the registry breaks down on the way', async () => {
    const content = makeSixPlatforms()
    const one = content.parts.find(({ mediaType }) => mediaType === CONFIG)
    const broken = onPath(new RegExp(`app${count + 1}/blobs/${one?.digest}`), answerStatus(500))
    const error = await catchFailure(resolve(content, ':v1', () => registry.misbehave(broken)))
    expect(error.code).toBe('REGISTRY_FAILED')
  })

  test('for a Docker schema 1 manifest', async () => {
    const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
    const error = await catchFailure(resolve(makeRoot(type, { schemaVersion: 1, fsLayers: [], history: [] })))
    expect(error.code).toBe('MANIFEST_INVALID')
    expect(error.message).toContain('schema 1')
  })

  test('for a tag that names no container image', async () => {
    const chart = writeManifest(
      MANIFEST,
      writeJson('blob', 'application/vnd.cncf.helm.config.v1+json', {}),
      [],
    )
    const error = await catchFailure(resolve(chart))
    expect(error.code).toBe('MANIFEST_INVALID')
    expect(error.message).toContain('helm')
  })

  const descriptor = { mediaType: MANIFEST, digest: `sha256:${'a'.repeat(64)}`, size: 1 }
  test.each<[string, string, unknown, string]>([
    ['no JSON', INDEX, undefined, 'is not JSON'],
    ['a list', INDEX, [], 'not a JSON object'],
    ['neither', 'application/json', { schemaVersion: 2 }, 'neither an image index nor a manifest'],
    ['both', INDEX, { manifests: [], config: descriptor, layers: [] }, 'holds both'],
    ['another kind than announced', MANIFEST, { mediaType: INDEX, manifests: [] }, 'says otherwise'],
    [
      'a short digest',
      INDEX,
      { manifests: [{ ...descriptor, digest: 'sha256:abc' }] },
      'manifests[0].digest',
    ],
    [
      'an unknown algorithm',
      INDEX,
      { manifests: [{ ...descriptor, digest: `md5:${'a'.repeat(32)}` }] },
      'manifests[0].digest',
    ],
    ['a path as digest', INDEX, { manifests: [{ ...descriptor, digest: '../../x' }] }, 'manifests[0].digest'],
    ['a negative size', INDEX, { manifests: [descriptor, { ...descriptor, size: -1 }] }, 'manifests[1].size'],
    ['a size of text', INDEX, { manifests: [{ ...descriptor, size: '1' }] }, 'manifests[0].size'],
    [
      'a platform of text',
      INDEX,
      { manifests: [{ ...descriptor, platform: 'linux' }] },
      'manifests[0].platform',
    ],
    [
      'an architecture that is a path',
      INDEX,
      { manifests: [{ ...descriptor, platform: { os: 'linux', architecture: '../x' } }] },
      'manifests[0].platform.architecture',
    ],
    [
      'an OS version with an escape',
      INDEX,
      {
        manifests: [
          { ...descriptor, platform: { os: 'linux', architecture: 'arm', 'os.version': '\u001b[2J' } },
        ],
      },
      'manifests[0].platform.os.version',
    ],
    ['manifests of text', INDEX, { mediaType: INDEX, manifests: 'x' }, 'manifests'],
    ['a manifest without config', MANIFEST, { layers: [] }, 'config'],
    [
      'a config that is huge',
      MANIFEST,
      { config: { ...descriptor, mediaType: CONFIG, size: 1e9 } },
      'it claims 1000000000 bytes',
    ],
  ])('for a document with %s, naming it', async (_name, type, document, problem) => {
    const content = document === undefined ? makeText(type, 'not json') : makeRoot(type, document)
    const error = await catchFailure(resolve(content))
    expect(error.code).toBe('MANIFEST_INVALID')
    expect(error.message).toContain(problem)
    expect(error.message).toContain(`${registry.host}/lab/app${count}`)
    expect(error.message).toContain(content.descriptor.digest)
  })

  test.each([
    ['no JSON', 'x', 'is not JSON'],
    ['a wrong list', '{"os":"linux","architecture":"arm","config":{"Env":"x"}}', 'config.Env'],
    ['no platform', '{"os":"","config":{}}', 'names no "os" and "architecture"'],
  ])('for a config with %s', async (_name, text, problem) => {
    const config: Part = makeText(CONFIG, text, 'blob').parts[0] as Part
    const error = await catchFailure(resolve(writeManifest(MANIFEST, config, [])))
    expect(error.code).toBe('MANIFEST_INVALID')
    expect(error.message).toContain(problem)
    expect(error.message).toContain(config.digest)
  })
})

test('a config with nothing but nulls is read as empty', async () => {
  const config = writeJson('blob', CONFIG, {
    os: 'linux',
    architecture: 'amd64',
    config: {
      Env: null,
      Entrypoint: null,
      Cmd: 'true',
      Labels: { a: null },
      Volumes: null,
      ExposedPorts: { '80/tcp': {} },
      User: '',
    },
    rootfs: null,
  })
  const image = await resolve(writeManifest(MANIFEST, config, []))
  expect(image.platforms[0]?.imageConfig).toEqual({
    env: [],
    command: ['true'],
    exposedPorts: ['80/tcp'],
    volumes: [],
    labels: { a: '' },
    diffIds: [],
  })
})

test.each([
  [
    'a build of two steps',
    [{ created_by: 'RUN make' }, { created_by: 'x'.repeat(3000), empty_layer: true }],
    [
      { createdBy: 'RUN make', emptyLayer: false },
      { createdBy: 'x'.repeat(2000), emptyLayer: true },
    ],
  ],
  ['a step that says nothing', [{ created_by: null }], [{ createdBy: '', emptyLayer: false }]],
  ['no history', null, undefined],
  ['a malformed history', [{ created_by: 7 }], undefined],
])("reads a config's history: %s", async (_, history, expected) => {
  const config = writeJson('blob', CONFIG, { os: 'linux', architecture: 'amd64', history })
  const image = await resolve(writeManifest(MANIFEST, config, []))
  expect(image.platforms[0]?.imageConfig.history).toEqual(expected)
})

test('bounds the steps of a history', async () => {
  const history = Array.from({ length: 5000 }, () => ({ created_by: 'RUN true' }))
  const config = writeJson('blob', CONFIG, { os: 'linux', architecture: 'amd64', history })
  const image = await resolve(writeManifest(MANIFEST, config, []))
  expect(image.platforms[0]?.imageConfig.history).toHaveLength(500)
})

test('damaged documents give an image or an error of archparity, never anything else', async () => {
  const random = createRandom(99)
  const content = writeIndex([
    makeImage('linux/amd64'),
    makeImage('linux/arm/v7'),
    makeAttestation('x', ['y']),
  ])
  const seeds = content.parts.filter(
    ({ mediaType }) => mediaType !== 'application/vnd.oci.image.layer.v1.tar+gzip',
  )
  let resolved = 0
  for (let round = 0; round < 400; round += 1) {
    const part = seeds[pickNumber(random, seeds.length)] as Part
    const text = mutateText(random, part.bytes.toString(), '{}[]":,0-9anul\\\u0000\ud800')
    const root = makeText(part.kind === 'manifest' ? part.mediaType : CONFIG, text, part.kind)
    const damaged =
      part.kind === 'manifest'
        ? { ...root, parts: [...content.parts, ...root.parts] }
        : writeManifest(MANIFEST, root.parts[0] as Part, [])
    try {
      await resolve(damaged)
      resolved += 1
    } catch (error) {
      if (!(error instanceof ArchparityError) || error.code === 'INTERNAL') throw error
    }
  }
  expect(resolved).toBeGreaterThan(10)
  expect(resolved).toBeLessThan(390)
}, 60_000)

function makeText(mediaType: string, text: string, kind: Part['kind'] = 'manifest'): Content {
  const bytes = Buffer.from(text)
  const part = { ...writeJson(kind, mediaType, null), bytes, digest: digestBytes(bytes) }
  return { descriptor: describePart(part), parts: [part] }
}

function rewriteManifest(content: Content, change: (manifest: { config: object }) => object): Content {
  const last = content.parts.at(-1) as Part
  const part = writeJson(
    'manifest',
    last.mediaType,
    change(JSON.parse(last.bytes.toString()) as { config: object }),
  )
  return { descriptor: { ...content.descriptor, ...describePart(part) }, parts: [...content.parts, part] }
}
