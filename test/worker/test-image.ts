import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { ImageConfig, PlatformImage } from '../../src/model/image.js'
import { type BlobSource, loadImage } from '../../src/pull/load-image.js'
import { type Content, type RuntimeConfig, writeImage } from '../lab/image-writer.js'
import { buildLayer, type FileEntry, type Layer } from '../lab/layer.js'
import type { LabPlatform } from '../lab/platforms.js'
import { buildDebianUserland, buildUserland } from '../lab/userland.js'

/** The lab's busybox with files of one's own on top. */
export async function buildBusybox(
  platform: LabPlatform,
  files: readonly FileEntry[] = [],
): Promise<Layer[]> {
  return [await buildUserland(platform), await buildLayer([{ path: 'work', directory: true }, ...files])]
}

/** The same with Debian's dash or bash as `/bin/sh`. */
export async function buildDebianShell(
  platform: LabPlatform,
  shell: 'dash' | 'bash',
  files: readonly FileEntry[] = [],
): Promise<Layer[]> {
  const debian = await buildDebianUserland(platform, ['libc6', 'libtinfo6', shell])
  const [busybox, own] = (await buildBusybox(platform, [{ path: 'bin/sh', link: shell }, ...files])) as [
    Layer,
    Layer,
  ]
  return [busybox, debian, own]
}

/** One platform's image as the engine holds it, and as `resolve` would describe it. */
export interface TestImage {
  /** What containers are created from. */
  readonly name: string
  readonly image: PlatformImage
}

/** Writes an image of these layers and makes the engine hold it, without a registry. */
export async function loadTestImage(
  engine: Docker,
  platform: LabPlatform,
  layers: readonly Layer[],
  config: RuntimeConfig = {},
): Promise<TestImage> {
  const content = writeImage({ platform: platform.platform, layers, config })
  const image = describeContent(content)
  const { name } = await loadImage(engine, openContent(content), image)
  return { name, image }
}

/** A source of blobs that holds everything in memory. */
export function openContent(content: Content): BlobSource {
  const read = (digest: string) => {
    const part = content.parts.find(each => each.digest === digest)
    if (part === undefined) throw new Error(`there is no ${digest}`)
    return part.bytes
  }
  return {
    readBlob: descriptor => Readable.from([read(descriptor.digest)]),
    readManifest: async digest => ({ bytes: read(digest) }),
  }
}

/** What `resolve` would say of content that is one platform's image. */
export function describeContent(content: Content): PlatformImage {
  const parse = (digest: string) =>
    JSON.parse(String(content.parts.find(part => part.digest === digest)?.bytes)) as Record<string, never>
  const manifest = parse(content.descriptor.digest) as unknown as Pick<PlatformImage, 'config' | 'layers'>
  const config = parse(manifest.config.digest) as unknown as {
    config: RuntimeConfig
    rootfs: { diff_ids: string[] }
  }
  const platform = content.descriptor.platform ?? { os: 'linux', architecture: 'amd64' }
  return {
    platform,
    platformFrom: 'descriptor',
    manifest: content.descriptor,
    config: manifest.config,
    layers: manifest.layers,
    imageConfig: describeConfig(config.config, config.rootfs.diff_ids),
    configPlatform: platform,
    attestations: [],
  }
}

function describeConfig(config: RuntimeConfig, diffIds: readonly string[]): ImageConfig {
  return {
    env: config.Env ?? [],
    ...(config.Entrypoint === undefined ? {} : { entrypoint: config.Entrypoint }),
    ...(config.Cmd === undefined ? {} : { command: config.Cmd }),
    ...(config.User === undefined ? {} : { user: config.User }),
    ...(config.WorkingDir === undefined ? {} : { workingDir: config.WorkingDir }),
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    volumes: [],
    labels: config.Labels ?? {},
    diffIds,
  }
}
