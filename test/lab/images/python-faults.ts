import { fetchPackages } from '../debian-packages.js'
import type { FileEntry } from '../layer.js'
import { AMD64, ARM64, type LabPlatform, S390X } from '../platforms.js'
import { readPackage } from '../read-package.js'
import { buildDebianUserland } from '../userland.js'
import { PYTHON_PACKAGES } from './python.js'
import { buildImage, type Recipe } from './recipe.js'

/** The image `python` with what is wrong put over it. */
const buildWith = (files: (platform: LabPlatform) => readonly FileEntry[]) =>
  buildImage({
    platforms: [AMD64, ARM64, S390X],
    userland: platform => buildDebianUserland(platform, PYTHON_PACKAGES),
    files: platform => [{ path: 'bin/sh', link: 'dash' }, ...files(platform)],
  })

/** A file of a Debian package, as that architecture has it. */
async function readFileOf({ debian }: LabPlatform, name: string, path: string): Promise<Uint8Array> {
  const [file = ''] = await fetchPackages([{ name, architecture: debian }])
  const content = (await readPackage(file)).find(entry => entry.path === path)?.content
  if (content === undefined || typeof content === 'string') throw new Error(`${name} has no ${path}`)
  return content
}

const MODULES = 'usr/lib/python3.11/lib-dynload'

export const lostLibrary: Recipe = {
  name: 'lost-library',
  about: 'like `python`, and libpcre2, which `ls` and `cp` need, is not on linux/arm64',
  build: () =>
    buildWith(platform =>
      platform === ARM64 ? [{ path: 'usr/lib/aarch64-linux-gnu/.wh.libpcre2-8.so.0', content: '' }] : [],
    ),
}

export const wrongModules: Recipe = {
  name: 'wrong-modules',
  about:
    "like `python`; linux/arm64 lacks `_json`, so that Python's own code is used instead; linux/s390x has amd64's `_decimal`",
  build: async () => {
    const foreign = await readFileOf(
      AMD64,
      'libpython3.11-stdlib',
      `${MODULES}/_decimal.cpython-311-x86_64-linux-gnu.so`,
    )
    return buildWith(platform => {
      if (platform === ARM64)
        return [{ path: `${MODULES}/.wh._json.cpython-311-aarch64-linux-gnu.so`, content: '' }]
      if (platform !== S390X) return []
      return [{ path: `${MODULES}/_decimal.cpython-311-s390x-linux-gnu.so`, content: foreign }]
    })
  },
}

/** Japan's time, always nine hours before UTC (RFC 8536, version 2). */
function writeTokyo(): Buffer {
  const header = Buffer.alloc(44)
  header.write('TZif2')
  header.writeUInt32BE(1, 36)
  header.writeUInt32BE(4, 40)
  const zone = Buffer.alloc(10)
  zone.writeInt32BE(9 * 3600)
  zone.write('JST', 6)
  return Buffer.concat([header, zone, header, zone, Buffer.from('\nJST-9\n')])
}

export const lostZones: Recipe = {
  name: 'lost-zones',
  about: 'like `python` with the time of Tokyo, which linux/arm64 lacks: there it is silently UTC',
  build: () =>
    buildWith(platform =>
      platform === ARM64 ? [] : [{ path: 'usr/share/zoneinfo/Asia/Tokyo', content: writeTokyo() }],
    ),
}

export const wrongProgram: Recipe = {
  name: 'wrong-program',
  about: "like `python`; on linux/arm64 `/app` is amd64's dynamic `dash`, whose loader is not there",
  build: async () => {
    const dash = await readFileOf(AMD64, 'dash', 'bin/dash').catch(() =>
      readFileOf(AMD64, 'dash', 'usr/bin/dash'),
    )
    const native = (platform: LabPlatform) => readFileOf(platform, 'dash', 'bin/dash')
    const programs = new Map([
      [AMD64, dash],
      [ARM64, dash],
      [S390X, await native(S390X)],
    ])
    return buildWith(platform => [
      { path: 'usr/bin/app', mode: 0o755, content: programs.get(platform) ?? dash },
    ])
  },
}
