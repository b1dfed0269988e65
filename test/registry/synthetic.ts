import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { ArchparityError } from '../../src/errors.js'
import type { Descriptor } from '../../src/model/image.js'
import type { Clock } from '../../src/registry/http/clock.js'
import { digestBytes } from '../lab/digest-bytes.js'
import {
  type Content,
  type Part,
  writeImage,
  writeIndex,
  writeJson,
  writeManifest,
} from '../lab/image-writer.js'
import { createRandom, pickNumber } from '../lab/random.js'

/** An image of one platform with one layer of meaningless bytes; nothing of it can be run. */
export function makeImage(
  platform: string,
  options: Partial<Parameters<typeof writeImage>[0]> = {},
): Content {
  const [os = '', architecture = '', variant] = platform.split('/')
  const layer = Buffer.from(`layer of ${platform}`)
  const bytes = gzipSync(layer)
  return writeImage({
    platform: { os, architecture, ...(variant ? { variant } : {}) },
    layers: [{ bytes, digest: digestBytes(bytes), diffId: digestBytes(layer) }],
    config: { Cmd: ['/bin/true'], Env: ['PATH=/bin'] },
    ...options,
  })
}

/** What BuildKit attaches to a platform: a manifest of in-toto statements. */
export function makeAttestation(subject: string, predicateTypes: readonly string[]): Content {
  const config = writeJson('blob', 'application/vnd.oci.image.config.v1+json', {
    os: 'unknown',
    architecture: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: [] },
  })
  const layers = predicateTypes.map(type => ({
    ...writeJson('blob', 'application/vnd.in-toto+json', { predicateType: type }),
    annotations: { 'in-toto.io/predicate-type': type },
  }))
  const written = writeManifest('application/vnd.oci.image.manifest.v1+json', config, layers)
  return withDescriptor(written, {
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': subject,
    },
  })
}

/** The descriptor of a part, as manifests hold it. */
export function describePart({ mediaType, digest, bytes }: Part): Descriptor {
  return { mediaType, digest, size: bytes.length }
}

/** The same content, described otherwise in the index that will hold it. */
export function withDescriptor(content: Content, change: Partial<Content['descriptor']>): Content {
  return { ...content, descriptor: { ...content.descriptor, ...change } }
}

/** A document as the root of what a tag names. */
export function makeRoot(mediaType: string, document: unknown, parts: readonly Part[] = []): Content {
  const root = writeJson('manifest', mediaType, document)
  return {
    descriptor: { mediaType, digest: root.digest, size: root.bytes.length },
    parts: [...parts, root],
  }
}

/** Six platforms with attestations, as `docker buildx build --push` leaves them. */
export function makeSixPlatforms(): Content {
  const images = ['amd64', 'arm64', 'arm/v7', '386', 'ppc64le', 's390x'].map(name =>
    makeImage(`linux/${name}`),
  )
  const attestations = images.map(({ descriptor }) =>
    makeAttestation(descriptor.digest, ['https://slsa.dev/provenance/v0.2', 'https://spdx.dev/Document']),
  )
  return writeIndex([...images, ...attestations])
}

/** Bytes that no compressor makes smaller, the same in every run. */
export function makeNoise(length: number, seed = 1): Buffer {
  const random = createRandom(seed)
  return Buffer.from(Array.from({ length }, () => pickNumber(random, 256)))
}

export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** A clock in which sleeping takes no time and is recorded. */
export function createTestClock(): Clock & { readonly slept: number[]; advance(milliseconds: number): void } {
  const slept: number[] = []
  let now = Date.UTC(2024, 0, 1)
  return {
    slept,
    now: () => now,
    advance: milliseconds => {
      now += milliseconds
    },
    sleep: async milliseconds => {
      slept.push(milliseconds)
      now += milliseconds
    },
    random: () => 0,
  }
}

/** The error that a promise rejects with, which must be one of archparity's own. */
export async function catchFailure(promise: Promise<unknown>): Promise<ArchparityError> {
  const outcome = await promise.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
  if (!('error' in outcome)) throw new Error('nothing was thrown')
  if (outcome.error instanceof ArchparityError) return outcome.error
  throw outcome.error
}

/** Everything that a user could see of an error. */
export function showFailure(error: ArchparityError): string {
  return [error.message, error.hint, JSON.stringify(error.details)].join('\n')
}

export async function readFixture(name: string): Promise<string> {
  return await readFile(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
}
