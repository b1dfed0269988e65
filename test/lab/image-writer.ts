import { statSync } from 'node:fs'
import type { Digest } from '../../src/model/digest.js'
import type { Descriptor } from '../../src/model/image.js'
import type { Platform } from '../../src/model/platform.js'
import { digestBytes } from './digest-bytes.js'
import type { Layer } from './layer.js'

/** Whose media types a manifest speaks: the image-spec's, or those of Docker's schema 2. */
export type Dialect = 'oci' | 'docker'

const MEDIA_TYPES = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const

/** What a registry stores: `manifest` by the manifests API, everything else as a blob. */
export interface Part {
  readonly kind: 'manifest' | 'blob'
  readonly mediaType: string
  readonly digest: Digest
  readonly bytes: Buffer
  /** Where the bytes lie, of a large blob: `bytes` reads it at each call. */
  readonly file?: string
}

/** A manifest or an index with all that it needs: children before their parents, the root last. */
export interface Content {
  readonly descriptor: Descriptor
  readonly parts: readonly Part[]
}

/** The `config` part of an image config, in the image-spec's spelling. */
export interface RuntimeConfig {
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly Env?: readonly string[]
  readonly User?: string
  readonly WorkingDir?: string
  readonly ExposedPorts?: Readonly<Record<string, object>>
  readonly Labels?: Readonly<Record<string, string>>
  readonly StopSignal?: string
  /** Times in nanoseconds. */
  readonly Healthcheck?: {
    readonly Test: readonly string[]
    readonly Interval?: number
    readonly Timeout?: number
  }
}

/** One platform's image before it is bytes. */
export interface ImageSource {
  readonly platform: Platform
  readonly layers: readonly Layer[]
  readonly config?: RuntimeConfig
  readonly dialect?: Dialect
  /** What the config claims, where it is to differ from `platform`. */
  readonly configPlatform?: Platform
}

/** Writes one platform's config and manifest. */
export function writeImage({
  platform,
  layers,
  config,
  dialect = 'oci',
  configPlatform = platform,
}: ImageSource): Content {
  const types = MEDIA_TYPES[dialect]
  const configPart = writeJson('blob', types.config, {
    ...spellPlatform(configPlatform),
    created: '1970-01-01T00:00:00Z',
    config: config ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map(layer => layer.diffId) },
    history: layers.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 'archparity lab' })),
  })
  const layerParts = layers.map(layer => writeLayer(types.layer, layer))
  return writeManifest(types.manifest, configPart, layerParts, platform)
}

/** Writes a manifest of any config and layers, as attestations need it; the descriptor carries the platform. */
export function writeManifest(
  mediaType: string,
  config: Part,
  layers: readonly (Part & { readonly annotations?: Readonly<Record<string, string>> })[],
  platform?: Platform,
): Content {
  const manifest = writeJson('manifest', mediaType, {
    schemaVersion: 2,
    mediaType,
    config: describePart(config),
    layers: layers.map(layer => ({
      ...describePart(layer),
      ...(layer.annotations ? { annotations: layer.annotations } : {}),
    })),
  })
  const descriptor = { ...describePart(manifest), ...(platform ? { platform } : {}) }
  return { descriptor, parts: [config, ...layers, manifest] }
}

/** Writes an index (for Docker: a manifest list) over manifests or other indexes. */
export function writeIndex(entries: readonly Content[], dialect: Dialect = 'oci'): Content {
  const mediaType = MEDIA_TYPES[dialect].index
  const index = writeJson('manifest', mediaType, {
    schemaVersion: 2,
    mediaType,
    manifests: entries.map(({ descriptor: { platform, ...rest } }) => ({
      ...rest,
      ...(platform ? { platform: spellPlatform(platform) } : {}),
    })),
  })
  return { descriptor: describePart(index), parts: [...entries.flatMap(entry => entry.parts), index] }
}

function writeLayer(mediaType: string, layer: Layer): Part {
  const { digest, file } = layer
  if (file === undefined) return { kind: 'blob', mediaType, digest, bytes: layer.bytes }
  return {
    ...{ kind: 'blob', mediaType, digest, file },
    get bytes() {
      return layer.bytes
    },
  }
}

/** Makes a part of a JSON document. */
export function writeJson(kind: Part['kind'], mediaType: string, value: unknown): Part {
  const bytes = Buffer.from(JSON.stringify(value))
  return { kind, mediaType, digest: digestBytes(bytes), bytes }
}

function describePart(part: Part): Descriptor {
  const { mediaType, digest, file } = part
  return { mediaType, digest, size: file === undefined ? part.bytes.length : statSync(file).size }
}

/** The image-spec's spelling, in which the version of an OS is `os.version`. */
function spellPlatform({
  os,
  architecture,
  variant,
  osVersion,
  osFeatures,
}: Platform): Record<string, unknown> {
  return {
    architecture,
    os,
    ...(osVersion ? { 'os.version': osVersion } : {}),
    ...(osFeatures ? { 'os.features': osFeatures } : {}),
    ...(variant ? { variant } : {}),
  }
}
