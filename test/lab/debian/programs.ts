import type { RuntimeConfig } from '../image-writer.js'
import type { FileEntry } from '../layer.js'
import { AMD64, ARM_V7, ARM64, LAB_PLATFORMS, type LabPlatform, S390X } from '../platforms.js'
import { installNpmPackages } from './npm-packages.js'

/** What an image of Debian packages runs. */
export interface DebianProgram {
  readonly platforms: readonly LabPlatform[]
  /** Beside those of the base. */
  readonly packages: readonly string[]
  /** What no package brings; `unpacked` is what they bring. */
  readonly files: (platform: LabPlatform, unpacked: readonly FileEntry[]) => Promise<readonly FileEntry[]>
  readonly config: RuntimeConfig
}

const FOUR = [AMD64, ARM64, ARM_V7, S390X]

const CONFIG: RuntimeConfig = {
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
  User: 'app',
  WorkingDir: '/srv/app',
  Labels: { 'org.opencontainers.image.title': 'archparity lab', 'org.opencontainers.image.version': '1.0' },
}

const PYTHON = `#!/usr/bin/python3
import json, yaml, markupsafe
print(json.dumps({"version": "1.0", "yaml": yaml.__with_libyaml__, "markup": markupsafe.escape.__module__}))
`

const NODE = `import { transformSync } from 'esbuild'
import { parseAst } from 'rollup/parseAst'
console.log(parseAst(transformSync('let a = 1').code).type)
`

const NINJA = 'rule greet\n  command = echo archparity lab 1.0\nbuild greeting: greet\n'

/** Words of npm for Debian's architectures. */
export const NPM_CPUS: Readonly<Record<string, string>> = {
  amd64: 'x64',
  arm64: 'arm64',
  armhf: 'arm',
  i386: 'ia32',
  ppc64el: 'ppc64',
  s390x: 's390x',
}

/** Packages with a program or a library for each platform of their own: a static Go program, and an addon. */
export const NPM_PACKAGES = { esbuild: '0.25.9', rollup: '4.50.0' } as const

const write = (path: string, content: string, mode = 0o644): FileEntry => ({
  ...{ path, content, mode },
  ...{ uid: 1000, gid: 1000 },
})
const FOLDERS: readonly FileEntry[] = [
  { path: 'srv', directory: true },
  { path: 'srv/app', directory: true, uid: 1000, gid: 1000 },
]

/** For measuring: what no test needs, so that only who measures has to fetch it. */
export const LARGE_PROGRAMS = {
  'debian-large': {
    platforms: FOUR,
    packages: ['nodejs', 'python3', 'libllvm14', 'openjdk-17-jre-headless'],
    files: async () => FOLDERS,
    config: { ...CONFIG, Cmd: ['node', '--version'] },
  },
} satisfies Record<string, DebianProgram>

export const DEBIAN_PROGRAMS = {
  'debian-python': {
    platforms: LAB_PLATFORMS,
    packages: ['python3', 'python3-yaml', 'python3-markupsafe'],
    files: async () => [...FOLDERS, write('srv/app/main.py', PYTHON, 0o755)],
    config: { ...CONFIG, Entrypoint: ['/srv/app/main.py'] },
  },
  'debian-node': {
    platforms: FOUR,
    packages: ['nodejs'],
    files: async ({ debian }) => [
      ...FOLDERS,
      ...(await installNpmPackages(NPM_PACKAGES, { cpu: NPM_CPUS[debian] ?? debian }, 'srv/app')),
      write('srv/app/main.mjs', NODE),
    ],
    config: { ...CONFIG, Entrypoint: ['node', 'main.mjs'] },
  },
  /** What is legitimately of another architecture: C libraries for cross compilers, firmware, boot code. */
  'debian-cross': {
    platforms: FOUR,
    packages: ['libc6-arm64-cross', 'libc6-armhf-cross', 'libc6-s390x-cross', 'opensbi', 'syslinux-common'],
    files: async () => FOLDERS,
    config: { ...CONFIG, Cmd: ['true'] },
  },
  'debian-cpp': {
    platforms: FOUR,
    packages: ['ninja-build', 're2c'],
    files: async () => [...FOLDERS, write('srv/app/build.ninja', NINJA)],
    config: { ...CONFIG, Cmd: ['ninja', '-C', '/srv/app', '-n'] },
  },
} satisfies Record<string, DebianProgram>
