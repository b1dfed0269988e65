import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ArchparityError } from '../../src/errors.js'
import type { ResolvedImage } from '../../src/model/image.js'
import { formatPlatform } from '../../src/model/platform.js'
import { type ImageSource, openImageSource } from '../../src/registry/index.js'
import { type Content, writeIndex } from '../lab/image-writer.js'
import { createRandom, pickNumber } from '../lab/random.js'
import { writeArchive, writeLayout } from '../lab/write-layout.js'
import { catchFailure, makeImage, makeNoise, makeRoot, makeSixPlatforms, readAll } from './synthetic.js'

const run = promisify(execFile)
const CONTENT = makeSixPlatforms()
const sources: ImageSource[] = []
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'archparity-test-'))
})
afterEach(async () => {
  await Promise.all(sources.splice(0).map(source => source.close()))
  await rm(root, { recursive: true })
})

async function open(text: string): Promise<ImageSource> {
  const source = await openImageSource(text, { root })
  sources.push(source)
  return source
}
const resolve = async (text: string): Promise<ResolvedImage> => await (await open(text)).resolve()
const names = (image: ResolvedImage) => image.platforms.map(({ platform }) => formatPlatform(platform))

describe('a layout is read', () => {
  test('from a folder, a tar and a gzipped tar, with the same result', async () => {
    await writeLayout(CONTENT, join(root, 'folder'))
    await writeArchive(CONTENT, join(root, 'image.oci'))
    await writeFile(join(root, 'image.tar.gz'), gzipSync(await readFile(join(root, 'image.oci'))))
    const images = await Promise.all(
      ['folder', 'image.oci', 'image.tar.gz'].map(name => resolve(`oci:${name}`)),
    )
    for (const [at, image] of images.entries()) {
      expect(names(image)).toHaveLength(6)
      expect(image.digest).toBe(CONTENT.descriptor.digest)
      expect(image.source).toBe(at === 0 ? 'oci-layout' : 'oci-archive')
      expect(image.platforms).toEqual(images[0]?.platforms)
      expect(image.notes).toEqual([])
    }
    expect(images[0]?.repository).toBe('folder')
    expect(images[0]?.reference).toBe(`oci:folder@${CONTENT.descriptor.digest}`)
    expect((await resolve(images[0]?.reference ?? '')).digest).toBe(CONTENT.descriptor.digest)
  })

  test('down to the bytes of each layer and manifest', async () => {
    await writeLayout(CONTENT, join(root, 'folder'))
    await writeArchive(CONTENT, join(root, 'image.oci'))
    await writeFile(join(root, 'image.tgz'), gzipSync(await readFile(join(root, 'image.oci'))))
    for (const name of ['folder', 'image.oci', 'image.tgz']) {
      const source = await open(`oci:${name}`)
      const { platforms } = await source.resolve()
      await Promise.all(
        platforms.map(async ({ layers, manifest }) => {
          for (const layer of layers) {
            const stored = CONTENT.parts.find(({ digest }) => digest === layer.digest)
            expect((await readAll(await source.readBlob(layer))).equals(stored?.bytes as Buffer)).toBe(true)
          }
          expect((await source.readManifest(manifest.digest)).digest).toBe(manifest.digest)
        }),
      )
    }
  })

  test('with nothing left in the temporary folder, even before it is closed', async () => {
    const temporary = join(root, 'tmp')
    await mkdir(temporary)
    await writeArchive(CONTENT, join(root, 'image.oci'))
    await writeFile(join(root, 'image.tgz'), gzipSync(await readFile(join(root, 'image.oci'))))
    const before = process.env.TMPDIR
    process.env.TMPDIR = temporary
    try {
      expect((await resolve('oci:image.tgz')).platforms).toHaveLength(6)
      expect(await readdir(temporary)).toEqual([])
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
  })

  test('as GNU tar writes it, with long names, links and folders', async () => {
    await writeLayout(CONTENT, join(root, 'folder'))
    await mkdir(join(root, 'folder', 'x'.repeat(120)))
    await writeFile(join(root, 'folder', 'x'.repeat(120), 'y'.repeat(120)), 'z')
    await symlink('../gone', join(root, 'folder', 'link'))
    for (const format of ['gnu', 'pax', 'posix', 'ustar']) {
      if (format === 'ustar') await rm(join(root, 'folder', 'x'.repeat(120)), { recursive: true })
      const file = join(root, `${format}.tar`)
      await run('tar', ['--format', format, '-C', join(root, 'folder'), '-cf', file, '.'])
      expect(names(await resolve(`oci:${file}`))).toHaveLength(6)
    }
  })

  test('where index.json itself lists the platforms', async () => {
    const images = ['linux/amd64', 'linux/arm64'].map(name => makeImage(name))
    const image = await resolve(
      await writeIndexed(
        images.map(({ descriptor }) => descriptor),
        images,
      ),
    )
    expect(names(image)).toEqual(['linux/amd64', 'linux/arm64'])
    expect(image.kind).toBe('index')
  })

  test('by the digest of anything in it', async () => {
    await writeLayout(CONTENT, join(root, 'folder'))
    const arm64 = (await resolve('oci:folder')).platforms[1]?.manifest.digest
    const image = await resolve(`oci:folder@${arm64}`)
    expect(image.kind).toBe('manifest')
    expect(names(image)).toEqual(['linux/arm64'])
  })
})

describe('a path', () => {
  test('may hold colons and "@": the longest that exists is meant', async () => {
    await writeLayout(makeImage('linux/amd64'), join(root, 'a:b'), 'v1')
    await writeLayout(makeImage('linux/arm64'), join(root, 'a'), 'b')
    await writeLayout(makeImage('linux/s390x'), join(root, 'x@y:z'), 'v1')
    expect(names(await resolve('oci:a:b'))).toEqual(['linux/amd64'])
    expect(names(await resolve('oci:a:b:v1'))).toEqual(['linux/amd64'])
    expect(names(await resolve('oci:a'))).toEqual(['linux/arm64'])
    expect(names(await resolve('oci:./a:b'))).toEqual(['linux/amd64'])
    expect(names(await resolve(`oci:${root}/x@y:z:v1`))).toEqual(['linux/s390x'])
  })

  test('is shown in the reference with the tag, so that it can be pasted', async () => {
    const content = makeImage('linux/amd64')
    await writeLayout(content, join(root, 'a'), 'v1')
    const image = await resolve('oci:a:v1')
    expect(image.reference).toBe(`oci:a:v1@${content.descriptor.digest}`)
    expect((await resolve(image.reference)).digest).toBe(image.digest)
  })

  test.each([
    ['oci:', 'no path'],
    ['oci:nothing', 'nothing does not exist'],
    ['oci:nothing:v1', 'does not exist'],
    ['oci:/dev/null', 'neither a folder nor a file'],
    ['oci:a\0b', 'no path'],
  ])('that is %j is refused', async (text, problem) => {
    const error = await catchFailure(open(text))
    expect(error.code).toBe('LAYOUT_INVALID')
    expect(error.message).toContain(problem)
    expect(error.hint).toContain('oci:PATH')
  })
})

describe('several images in one layout', () => {
  const [one, two] = [makeImage('linux/amd64'), makeImage('linux/arm64')] as const
  const bare = (content: Content, name?: string) => ({
    mediaType: content.descriptor.mediaType,
    digest: content.descriptor.digest,
    size: content.descriptor.size,
    ...(name ? { annotations: { 'org.opencontainers.image.ref.name': name } } : {}),
  })

  test('are told apart by tag, or by the full name beside it', async () => {
    const full = { ...bare(two), annotations: { 'io.containerd.image.name': 'docker.io/library/two:v2' } }
    const text = await writeIndexed([bare(one, 'v1'), full], [one, two])
    expect(names(await resolve(`${text}:v1`))).toEqual(['linux/amd64'])
    expect(names(await resolve(`${text}:docker.io/library/two:v2`))).toEqual(['linux/arm64'])
  })

  test.each(['', ':v3'])('with %j to choose by give an error that lists them', async selector => {
    const text = await writeIndexed([bare(one, 'v1'), bare(two, 'v2')], [one, two])
    const error = await catchFailure(resolve(text + selector))
    expect(error.code).toBe('LAYOUT_INVALID')
    expect(error.hint).toContain('tags: v1, v2')
  })

  test('without tags are listed by digest', async () => {
    const error = await catchFailure(resolve(await writeIndexed([bare(one), bare(two)], [one, two])))
    expect(error.hint).toContain(two.descriptor.digest)
  })

  test('are no index of one image, though each has a platform, where their tags differ', async () => {
    const listed = [one, two].map((each, at) => ({
      ...bare(each, `v${at + 1}`),
      platform: each.descriptor.platform,
    }))
    const error = await catchFailure(resolve(await writeIndexed(listed, [one, two])))
    expect(error.message).toContain('holds 2 images')
  })

  test('that are the same are one', async () => {
    expect(names(await resolve(await writeIndexed([bare(one, 'a'), bare(one, 'b')], [one])))).toEqual([
      'linux/amd64',
    ])
  })

  test('that are none give an error', async () => {
    expect((await catchFailure(resolve(await writeIndexed([], [])))).message).toContain('lists no image')
  })
})

describe('a damaged layout is refused', () => {
  const blob = (content: Content) =>
    join(root, 'folder', 'blobs', content.descriptor.digest.replace(':', '/'))

  test.each([
    ['oci-layout', undefined, 'has no file "oci-layout"'],
    ['oci-layout', '{"imageLayoutVersion":"9"}', 'version is not 1.x'],
    ['oci-layout', '{}', 'imageLayoutVersion'],
    ['index.json', undefined, 'lacks index.json'],
    ['index.json', 'root:x:0:0', 'not JSON'],
    ['index.json', '{"manifests":[{}]}', 'manifests[0].digest'],
    ['index.json', ' '.repeat(5_000_000), '4194304 are allowed'],
  ])('where %s is %.30s', async (name, text, problem) => {
    await writeLayout(CONTENT, join(root, 'folder'))
    if (text === undefined) await rm(join(root, 'folder', name))
    else await writeFile(join(root, 'folder', name), text)
    const error = await catchFailure(resolve('oci:folder'))
    expect(error.code).toBe('LAYOUT_INVALID')
    expect(error.message).toContain(problem)
    expect(error.message).not.toContain('root:x')
  })

  test('where the root is gone, altered, longer, or no file', async () => {
    await writeLayout(CONTENT, join(root, 'folder'))
    const file = blob(CONTENT)
    const bytes = await readFile(file)
    await writeFile(file, Buffer.concat([bytes, Buffer.from(' ')]))
    expect((await catchFailure(resolve('oci:folder'))).code).toBe('DIGEST_MISMATCH')
    await writeFile(file, bytes.toString().replace('arm64', 'arm65'))
    expect((await catchFailure(resolve('oci:folder'))).code).toBe('DIGEST_MISMATCH')
    await rm(file)
    expect((await catchFailure(resolve('oci:folder'))).message).toContain('lacks blobs/sha256/')
    await run('mkfifo', [file])
    expect((await catchFailure(resolve('oci:folder'))).message).toContain('not a plain file')
  })

  test('where a layer is not what its descriptor says', async () => {
    await writeLayout(CONTENT, join(root, 'folder'))
    const source = await open('oci:folder')
    const [platform] = (await source.resolve()).platforms
    const [layer] = platform?.layers ?? []
    if (layer === undefined) throw new Error('no layer')
    const file = join(root, 'folder', 'blobs', layer.digest.replace(':', '/'))
    const bytes = await readFile(file)
    await writeFile(file, Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]))
    expect((await catchFailure(source.readBlob(layer).then(readAll))).code).toBe('DIGEST_MISMATCH')
    await truncate(file, 5)
    expect((await catchFailure(source.readBlob(layer).then(readAll))).message).toContain('it has 5 bytes')
  })

  test('where it is what an old `docker save` writes', async () => {
    await writeTar('save.tar', [['manifest.json', '[]']])
    const error = await catchFailure(resolve('oci:save.tar'))
    expect(error.hint).toContain('docker-archive')
  })
})

describe('a damaged archive is refused', () => {
  test.each<[string, [string, string][], string]>([
    ['escapes', [['../evil', 'x']], 'points out of the archive'],
    ['escapes in the middle', [['blobs/../../evil', 'x']], 'points out of the archive'],
    ['escapes from the root', [['/etc/passwd', 'x']], 'points out of the archive'],
    [
      'occurs twice',
      [
        ['index.json', '{}'],
        ['./index.json', '{"manifests":[]}'],
      ],
      'index.json occurs twice',
    ],
  ])('where a member %s', async (_name, members, problem) => {
    await writeTar('bad.tar', members)
    const error = await catchFailure(open('oci:bad.tar'))
    expect(error.code).toBe('LAYOUT_INVALID')
    expect(error.message).toContain(problem)
  })

  test('where a member claims more than there is', async () => {
    await writeArchive(CONTENT, join(root, 'a.tar'))
    await truncate(join(root, 'a.tar'), (await readFile(join(root, 'a.tar'))).length - 2500)
    const error = await catchFailure(open('oci:a.tar'))
    expect(error.message).toContain('it is truncated')
  })

  test('where a header does not have its checksum', async () => {
    await writeArchive(CONTENT, join(root, 'a.tar'))
    const bytes = await readFile(join(root, 'a.tar'))
    bytes.write('x', 1024 + 5)
    await writeFile(join(root, 'a.tar'), bytes)
    const error = await catchFailure(open('oci:a.tar'))
    expect(error.message).toContain('no valid tar header at byte 1024')
  })

  test('where what it needs is a link', async () => {
    const tar = pack()
    tar.entry({ name: 'oci-layout', type: 'symlink', linkname: '/etc/passwd' })
    tar.finalize()
    await writeFile(join(root, 'link.tar'), await readAll(tar as unknown as AsyncIterable<Uint8Array>))
    expect((await catchFailure(open('oci:link.tar'))).message).toContain('oci-layout is not a plain file')
  })

  test.each([
    ['empty', Buffer.alloc(0), 'not a tar archive'],
    ['noise', makeNoise(5000), 'not a tar archive'],
    ['half a gzip', gzipSync(makeNoise(5000)).subarray(0, 2000), 'cannot be unpacked'],
    ['gzipped noise', gzipSync(makeNoise(5000)), 'not a tar archive'],
    ['zstd', Buffer.from('28b52ffd00000000', 'hex'), 'compressed with zstd'],
  ])('where it is %s', async (_name, bytes, problem) => {
    await writeFile(join(root, 'bad.tar'), bytes)
    const error = await catchFailure(open('oci:bad.tar'))
    expect(error.code).toBe('LAYOUT_INVALID')
    expect(error.message).toContain(problem)
  })

  test('wherever its bytes were changed, or it still gives the true image', async () => {
    await writeArchive(makeImage('linux/amd64'), join(root, 'good.tar'))
    const good = await readFile(join(root, 'good.tar'))
    const expected = await resolve('oci:good.tar')
    const random = createRandom(5)
    let refused = 0
    for (let round = 0; round < 300; round += 1) {
      const bad = Buffer.from(good)
      for (let count = 0; count < 3; count += 1) bad[pickNumber(random, bad.length)] = pickNumber(random, 256)
      await writeFile(
        join(root, 'bad.tar'),
        bad.subarray(0, pickNumber(random, 4) === 0 ? pickNumber(random, bad.length) : bad.length),
      )
      try {
        const image = await resolve('oci:bad.tar')
        expect(image.platforms).toEqual(expected.platforms)
      } catch (error) {
        if (!(error instanceof ArchparityError) || error.code === 'INTERNAL') throw error
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(100)
  })
})

/** A layout whose index.json lists the given descriptors. */
async function writeIndexed(manifests: readonly object[], contents: readonly Content[]): Promise<string> {
  const whole =
    contents.length === 0 ? makeRoot('application/vnd.oci.image.index.v1+json', {}) : writeIndex(contents)
  await writeLayout(whole, join(root, 'several'))
  await writeFile(join(root, 'several', 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
  return 'oci:several'
}

async function writeTar(name: string, members: readonly (readonly [string, string])[]): Promise<void> {
  const tar = pack()
  for (const [member, text] of members) tar.entry({ name: member }, text)
  tar.finalize()
  await mkdir(dirname(join(root, name)), { recursive: true })
  await writeFile(join(root, name), await readAll(tar as unknown as AsyncIterable<Uint8Array>))
}
