import { BUSYBOX_APPLETS } from './busybox-applets.js'
import { fetchPackages } from './debian-packages.js'
import { buildLayer, type FileEntry, type Layer } from './layer.js'
import { ARM_V6, LAB_PLATFORMS, type LabPlatform, MIPS64LE } from './platforms.js'
import { readPackage } from './read-package.js'

/** Every platform that some image of the lab has a userland for. */
const BUSYBOX_PLATFORMS: readonly LabPlatform[] = [...LAB_PLATFORMS, MIPS64LE, ARM_V6]

const FOLDERS = [
  'bin',
  'dev',
  'etc',
  'home',
  'proc',
  'root',
  'run',
  'sbin',
  'sys',
  'usr',
  'usr/bin',
  'usr/sbin',
  'var',
]

/** What every image has beside its programs: folders, users, a name. */
const COMMON: readonly FileEntry[] = [
  ...FOLDERS.map(path => ({ path, directory: true, ...(path === 'root' ? { mode: 0o700 } : {}) })),
  { path: 'tmp', directory: true, mode: 0o1777 },
  { path: 'var/tmp', directory: true, mode: 0o1777 },
  {
    path: 'etc/passwd',
    content:
      'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  },
  { path: 'etc/group', content: 'root:x:0:\napp:x:1000:\nnogroup:x:65534:\n' },
  {
    path: 'etc/os-release',
    content: 'ID=archparity-lab\nVERSION_ID=1.0\nPRETTY_NAME="archparity lab 1.0"\n',
  },
]

const layers = new Map<string, Promise<Layer>>()

/** Layer with busybox of that platform under all its names, `/bin/sh` among them. */
export function buildUserland(platform: LabPlatform): Promise<Layer> {
  return remember(`userland ${platform.debian}`, async () => {
    const links = Object.entries(BUSYBOX_APPLETS).flatMap(([folder, names]) =>
      names
        .split(/\s+/)
        .filter(Boolean)
        .map(name => ({ path: `${folder}/${name}`, link: '/bin/busybox' })),
    )
    return await buildLayer([...COMMON, await readBusybox(platform), ...links])
  })
}

/** Layer with nothing but `/bin/busybox`: no shell can be started by a name. */
export function buildBareUserland(platform: LabPlatform): Promise<Layer> {
  return remember(`bare ${platform.debian}`, async () => buildLayer([...COMMON, await readBusybox(platform)]))
}

/** Layer with the unpacked packages of that platform, as they follow each other. */
export function buildDebianUserland(platform: LabPlatform, packages: readonly string[]): Promise<Layer> {
  return remember(`${packages.join(' ')} ${platform.debian}`, async () => {
    const files = await fetchPackages(packages.map(name => ({ name, architecture: platform.debian })))
    const entries: FileEntry[] = [...COMMON]
    for (const file of files) entries.push(...(await readPackage(file)))
    return await buildLayer(entries)
  })
}

/** The static busybox of that platform. */
export async function readBusybox(platform: LabPlatform): Promise<FileEntry> {
  // One call of apt for all platforms is much quicker than one for each.
  const files = await fetchPackages(
    BUSYBOX_PLATFORMS.map(({ debian }) => ({ name: 'busybox-static', architecture: debian })),
  )
  const entries = await readPackage(files[BUSYBOX_PLATFORMS.indexOf(platform)] ?? '')
  const busybox = entries.find(({ path }) => path === 'bin/busybox')
  if (busybox === undefined) throw new Error(`busybox-static of ${platform.debian} has no bin/busybox`)
  return busybox
}

/** Building a layer costs about a tenth of a second, and most images share theirs. */
function remember(key: string, build: () => Promise<Layer>): Promise<Layer> {
  const known = layers.get(key)
  if (known !== undefined) return known
  const building = build()
  layers.set(key, building)
  return building
}
