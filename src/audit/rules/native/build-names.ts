/** What the name of a platform-specific npm package says: `@esbuild/linux-arm64`, `@rollup/rollup-linux-x64-musl`. */
export interface BuildName {
  /** The name without the words for the platform: equal for all builds of one thing. */
  readonly family: string
  readonly os: string
  /** Node's `process.arch`, as far as the name tells. */
  readonly cpu: string
  readonly libc?: 'glibc' | 'musl'
}

const SYSTEMS: ReadonlyMap<string, string> = new Map([
  ['linux', 'linux'],
  ['linuxmusl', 'linux'],
  ['darwin', 'darwin'],
  ['macos', 'darwin'],
  ['win32', 'win32'],
  ['windows', 'win32'],
  ['freebsd', 'freebsd'],
  ['openbsd', 'openbsd'],
  ['netbsd', 'netbsd'],
  ['sunos', 'sunos'],
  ['android', 'android'],
  ['aix', 'aix'],
  ['openharmony', 'openharmony'],
])
const CPUS: ReadonlyMap<string, string> = new Map([
  ['x64', 'x64'],
  ['64', 'x64'],
  ['amd64', 'x64'],
  ['x86_64', 'x64'],
  ['ia32', 'ia32'],
  ['32', 'ia32'],
  ['x86', 'ia32'],
  ['i686', 'ia32'],
  ['arm64', 'arm64'],
  ['aarch64', 'arm64'],
  ['arm', 'arm'],
  ['armv6', 'arm'],
  ['armv6l', 'arm'],
  ['armv7', 'arm'],
  ['armv7l', 'arm'],
  ['ppc64', 'ppc64'],
  ['ppc64le', 'ppc64'],
  ['powerpc64le', 'ppc64'],
  ['s390x', 's390x'],
  ['riscv64', 'riscv64'],
  ['riscv64gc', 'riscv64'],
  ['loong64', 'loong64'],
  ['loongarch64', 'loong64'],
  ['mips64el', 'mips64el'],
  ['mips64le', 'mips64el'],
  ['universal', 'universal'],
])
const LIBCS: ReadonlyMap<string, 'glibc' | 'musl' | undefined> = new Map([
  ['gnu', 'glibc'],
  ['glibc', 'glibc'],
  ['gnueabihf', 'glibc'],
  ['gnueabi', 'glibc'],
  ['musl', 'musl'],
  ['musleabihf', 'musl'],
  ['musleabi', 'musl'],
  ['linuxmusl', 'musl'],
  ['msvc', undefined],
  ['eabi', undefined],
])

/** Reads a package's name; undefined where it names no system and processor. */
export function readBuildName(name: string): BuildName | undefined {
  if (name.length > 214) return undefined
  const rest: string[] = []
  let [os, cpu]: (string | undefined)[] = []
  let libc: 'glibc' | 'musl' | undefined
  for (const word of name.split(/(?<=@)|[-/.]/)) {
    const system = SYSTEMS.get(word)
    // A bare number is a processor only right after the system: esbuild-linux-64.
    const processor = /^\d+$/.test(word) && os === undefined ? undefined : CPUS.get(word)
    if (LIBCS.has(word)) libc = LIBCS.get(word)
    if (system !== undefined) os = system
    else if (processor !== undefined) cpu = processor
    else if (!LIBCS.has(word)) rest.push(word)
  }
  if (os === undefined || cpu === undefined) return undefined
  return { family: rest.join('-'), os, cpu, ...(libc === undefined ? {} : { libc }) }
}
