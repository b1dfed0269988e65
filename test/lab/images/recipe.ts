import { type Content, type Dialect, type RuntimeConfig, writeImage, writeIndex } from '../image-writer.js'
import { buildLayer, type FileEntry, type Layer } from '../layer.js'
import { LAB_PLATFORMS, type LabPlatform } from '../platforms.js'
import { buildUserland } from '../userland.js'

/** How one image of the lab is made. The same recipe always gives the same digests. */
export interface Recipe {
  readonly name: string
  /** What is special about it, for the table in docs/development.md. */
  readonly about: string
  readonly build: () => Promise<Content>
}

/** The parts of an ordinary lab image; every part may depend on the platform. */
export interface Parts {
  readonly platforms?: readonly LabPlatform[]
  /** What `/usr/bin/app` (also `/app`) does: lines of a shell script, or a program's bytes. */
  readonly app?: (platform: LabPlatform) => string | Buffer
  readonly files?: (platform: LabPlatform) => readonly FileEntry[]
  readonly config?: RuntimeConfig
  readonly userland?: (platform: LabPlatform) => Promise<Layer>
  readonly dialect?: Dialect
  /** What the config claims to be, where that is not what the index says. */
  readonly claims?: LabPlatform
}

/** What `/usr/bin/app` prints where an image has nothing else in mind. */
export const VERSION_LINE = 'archparity lab 1.0'

const DEFAULT_CONFIG: RuntimeConfig = {
  Cmd: ['/app'],
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LAB_VERSION=1.0'],
  Labels: { 'org.opencontainers.image.title': 'archparity lab', 'org.opencontainers.image.version': '1.0' },
}

/** Builds one platform of an image. */
export async function buildPlatform(platform: LabPlatform, parts: Parts = {}): Promise<Content> {
  const userland = await (parts.userland ?? buildUserland)(platform)
  const program = (parts.app ?? (() => `echo "${VERSION_LINE}"`))(platform)
  const app: FileEntry[] = [
    {
      path: 'usr/bin/app',
      mode: 0o755,
      content: typeof program === 'string' ? `#!/bin/sh\n${program}\n` : program,
    },
    { path: 'app', link: '/usr/bin/app' },
  ]
  return writeImage({
    platform: platform.platform,
    layers: [userland, await buildLayer([...app, ...(parts.files?.(platform) ?? [])])],
    config: { ...DEFAULT_CONFIG, ...parts.config },
    ...(parts.dialect ? { dialect: parts.dialect } : {}),
    ...(parts.claims ? { configPlatform: parts.claims.platform } : {}),
  })
}

/** Builds all platforms of an image and the index over them. */
export async function buildImage(parts: Parts = {}): Promise<Content> {
  const platforms = parts.platforms ?? LAB_PLATFORMS
  return writeIndex(
    await Promise.all(platforms.map(platform => buildPlatform(platform, parts))),
    parts.dialect,
  )
}
