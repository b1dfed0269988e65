import { fetchPackages } from '../../lab/debian-packages.js'
import { readPackage } from '../../lab/read-package.js'

/** An ELF file of a Debian package. */
export interface DebianElfFile {
  /** Debian's word: `armhf`, `ppc64el`, ... */
  readonly architecture: string
  readonly path: string
  readonly content: Buffer
}

/** Both classes, both byte orders, and both float ABIs of ARM. */
export const DEBIAN_ARCHITECTURES = [
  'amd64',
  'arm64',
  'armel',
  'armhf',
  'i386',
  'mips64el',
  'ppc64el',
  's390x',
] as const

/** What images are made of: two C libraries, C++, interpreters, static programs, and modules by the hundred. */
const PACKAGES = [
  'busybox-static',
  'coreutils',
  'libc6',
  'libnode108',
  'libpython3.11-stdlib',
  'libstdc++6',
  'musl',
  'nodejs',
  'openssl',
  'perl-base',
  'python3.11-minimal',
]

/** Debian builds no Node for this one. */
const ABSENT = new Set(['libnode108 armel', 'nodejs armel'])

/** Downloads at most once; one call of apt for all of them is much quicker than one for each. */
export async function fetchElfPackages(): Promise<void> {
  await fetchPackages(DEBIAN_ARCHITECTURES.flatMap(listPackages))
}

/** Every ELF file of those packages for that architecture, in the packages' own order. */
export async function readElfFiles(architecture: string): Promise<DebianElfFile[]> {
  const files: DebianElfFile[] = []
  for (const deb of await fetchPackages(listPackages(architecture))) {
    for (const entry of await readPackage(deb)) {
      const content = entry.content
      if (Buffer.isBuffer(content) && content.toString('latin1', 0, 4) === '\x7fELF')
        files.push({ architecture, path: entry.path, content })
    }
  }
  return files
}

function listPackages(architecture: string): { name: string; architecture: string }[] {
  return PACKAGES.filter(name => !ABSENT.has(`${name} ${architecture}`)).map(name => ({ name, architecture }))
}
