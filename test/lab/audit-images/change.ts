import { buildDebianPlatforms, type DebianImageName, type PlatformParts } from '../debian/debian-image.js'
import { buildLayer, type FileEntry } from '../layer.js'
import { AMD64, ARM_V7, ARM64, type LabPlatform, S390X } from '../platforms.js'
import { readLayer } from '../read-layer.js'
import { writeTinyElf } from '../tiny-elf.js'

/** A healthy image's platforms. */
export function startFrom(name: DebianImageName): Promise<PlatformParts[]> {
  return buildDebianPlatforms(name, [AMD64, ARM64, ARM_V7, S390X])
}

/** Adds one layer to each platform; where nothing is given it is empty, so that the number of layers tells nothing. */
export async function addLayer(
  parts: readonly PlatformParts[],
  files: (platform: LabPlatform) => readonly FileEntry[] | Promise<readonly FileEntry[]>,
): Promise<PlatformParts[]> {
  return await Promise.all(
    parts.map(async each => ({
      ...each,
      layers: [...each.layers, await buildLayer(await files(each.platform))],
    })),
  )
}

/** Adds a layer that changes one platform. */
export function changeOne(
  parts: readonly PlatformParts[],
  platform: LabPlatform,
  files: readonly FileEntry[],
): Promise<PlatformParts[]> {
  return addLayer(parts, each => (each === platform ? files : []))
}

/** Changes the config of one platform. */
export function configureOne(
  parts: readonly PlatformParts[],
  platform: LabPlatform,
  change: PlatformParts['config'],
): PlatformParts[] {
  return parts.map(each =>
    each.platform === platform ? { ...each, config: { ...each.config, ...change } } : each,
  )
}

/** What removes a path of an earlier layer (image-spec, "whiteouts"). */
export function removePath(path: string): FileEntry {
  return { path: path.replace(/([^/]+)$/, '.wh.$1') }
}

/** One file of one platform, as its layers leave it. */
export async function readFile(
  parts: readonly PlatformParts[],
  platform: LabPlatform,
  path: string,
): Promise<FileEntry & { readonly content: Uint8Array }> {
  const layers = parts.find(each => each.platform === platform)?.layers ?? []
  for (const { file = '' } of [...layers].reverse()) {
    const entries = await readLayer(file, each => each === path)
    const found = entries.find(entry => entry.path === path)
    if (found?.content !== undefined) return { ...found, content: Buffer.from(found.content) }
  }
  throw new Error(`${platform.debian} has no file ${path}`)
}

/** Puts bytes in the place of others wherever they are; what is shorter is filled with NUL. */
export function patchBytes(content: Uint8Array, from: string | Buffer, to: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const [before, after] = [Buffer.from(from), Buffer.from(to)]
  const filled = Buffer.concat([after, Buffer.alloc(Math.max(before.length - after.length, 0))])
  let at = bytes.indexOf(before)
  if (at === -1 || filled.length > before.length) throw new Error(`cannot put ${to} in the place of ${from}`)
  for (; at !== -1; at = bytes.indexOf(before, at + before.length)) filled.copy(bytes, at)
  return bytes
}

/** Where each platform's libraries lie. */
export const TRIPLETS: Readonly<Record<string, string>> = {
  amd64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  armhf: 'arm-linux-gnueabihf',
  s390x: 's390x-linux-gnu',
}

/** A small library that many programs need. */
export function findLibz(platform: LabPlatform): [platform: LabPlatform, path: string] {
  return [platform, `usr/lib/${TRIPLETS[platform.debian]}/libz.so.1.2.13`]
}

/** A static program of a platform that prints one line. */
export function printer(path: string, { platform }: LabPlatform): FileEntry {
  const program = { does: 'print', text: 'archparity lab 1.0\n', exitCode: 0 } as const
  return { path, mode: 0o755, content: writeTinyElf(platform.architecture, program) }
}

/** One platform's content under another's name. */
export function pretend(
  parts: readonly PlatformParts[],
  real: LabPlatform,
  name: LabPlatform,
): PlatformParts {
  const found = parts.find(each => each.platform === real)
  if (found === undefined) throw new Error(`no ${real.debian}`)
  return { ...found, platform: name }
}

/** Every path of one platform, and whether it is a folder. */
export async function listPaths(
  parts: readonly PlatformParts[],
  platform: LabPlatform,
): Promise<ReadonlyMap<string, boolean>> {
  const layers = parts.find(each => each.platform === platform)?.layers ?? []
  const paths = new Map<string, boolean>()
  for (const { file = '' } of layers)
    for (const { path, directory } of await readLayer(file, () => false)) paths.set(path, directory === true)
  return paths
}
