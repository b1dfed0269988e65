import { assembleImage } from '../debian/debian-image.js'
import type { FileEntry } from '../layer.js'
import { ARM_V7, ARM64, type LabPlatform, S390X } from '../platforms.js'
import { addLayer, changeOne, configureOne, readFile, startFrom } from './change.js'
import type { KnownBad } from './known-bad.js'

const ARM64_ONLY = ['linux/arm64']
const START = 'srv/app/start.sh'
const CORE = 'srv/app/qemu_ninja_20240101-000000_1.core'

/** Files and settings that one platform has otherwise, or not at all. */
export const FILES: readonly KnownBad[] = [
  {
    name: 'entrypoint-differs',
    kind: 'B11',
    about: 'the command of arm64 is another one',
    build: async () =>
      assembleImage(configureOne(await startFrom('debian-cpp'), ARM64, { Cmd: ['re2c', '--version'] })),
    expected: [{ rule: 'config-differs', platforms: ARM64_ONLY }],
  },
  {
    name: 'user-differs',
    kind: 'B11',
    about: 's390x runs as root',
    build: async () => assembleImage(configureOne(await startFrom('debian-cpp'), S390X, { User: 'root' })),
    expected: [{ rule: 'config-differs', platforms: ['linux/s390x'] }],
  },
  {
    name: 'environment-differs',
    kind: 'B11',
    about: 'arm/v7 lacks the locale that the others have',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      const environment = parts[0]?.config.Env?.filter(line => !line.startsWith('LANG=')) ?? []
      return assembleImage(configureOne(parts, ARM_V7, { Env: environment }))
    },
    expected: [{ rule: 'config-differs', platforms: ['linux/arm/v7'] }],
  },
  {
    name: 'content-missing',
    kind: 'B24',
    about: 'arm64 lacks most of what the others have: a download that failed in silence',
    build: () => addFiles(platform => (platform === ARM64 ? [] : MODELS)),
    expected: [
      { rule: 'file-missing', platforms: ARM64_ONLY },
      { rule: 'size-differs', platforms: ARM64_ONLY },
    ],
  },
  {
    name: 'mode-differs',
    kind: 'B36',
    about: 'a script of arm64 is not executable',
    build: () => addFiles(platform => [{ ...START_SCRIPT, mode: platform === ARM64 ? 0o644 : 0o755 }]),
    expected: [{ rule: 'mode-differs', platforms: ARM64_ONLY, paths: [`/${START}`] }],
  },
  {
    name: 'owner-differs',
    kind: 'B36',
    about: 'a folder that the app writes to belongs to root on s390x',
    build: () =>
      addFiles(platform => {
        const id = platform === S390X ? 0 : 1000
        return [{ path: 'srv/app/data', directory: true, uid: id, gid: id }]
      }),
    expected: [{ rule: 'mode-differs', platforms: ['linux/s390x'], paths: ['/srv/app/data'] }],
  },
  {
    name: 'setuid-differs',
    kind: 'B36',
    about: 'su has lost its setuid bit on arm/v7',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      const su = await readFile(parts, ARM_V7, 'usr/bin/su')
      return assembleImage(await changeOne(parts, ARM_V7, [{ ...su, mode: 0o755 }]))
    },
    expected: [{ rule: 'mode-differs', platforms: ['linux/arm/v7'], paths: ['/usr/bin/su'] }],
  },
  {
    name: 'capability-differs',
    kind: 'B36',
    about: 'ping has no capability on arm64: setcap does not work in some builds under an emulator',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      const { capability: _, ...ping } = await readFile(parts, ARM64, 'usr/bin/ping')
      return assembleImage(await changeOne(parts, ARM64, [ping]))
    },
    expected: [{ rule: 'mode-differs', platforms: ARM64_ONLY, paths: ['/usr/bin/ping'] }],
  },
  {
    name: 'content-differs',
    kind: 'B36',
    about: 'a settings file of s390x says something else',
    build: () =>
      addFiles(platform => [
        { path: 'srv/app/app.conf', content: `workers = 4\ncache = ${platform === S390X ? 'off' : 'on'}\n` },
      ]),
    expected: [{ rule: 'content-differs', platforms: ['linux/s390x'], paths: ['/srv/app/app.conf'] }],
  },
  {
    name: 'emulator-core',
    kind: 'A27',
    about: 'a program crashed under QEMU while arm64 was built, and left its core',
    build: () => addFiles(platform => (platform === ARM64 ? [{ path: CORE, content: writeCore() }] : [])),
    expected: [{ rule: 'emulator-core', platforms: ARM64_ONLY, paths: [`/${CORE}`] }],
  },
  {
    name: 'script-interpreter',
    kind: 'B2',
    about: 'a script of arm/v7 asks for a shell that is not there',
    build: () =>
      addFiles(platform => [
        { ...START_SCRIPT, content: `#!/bin/${platform === ARM_V7 ? 'zsh' : 'sh'}\nexec ninja\n` },
      ]),
    expected: [
      { rule: 'script-interpreter', platforms: ['linux/arm/v7'], paths: [`/${START}`] },
      { rule: 'content-differs', platforms: ['linux/arm/v7'], paths: [`/${START}`] },
    ],
  },
  {
    name: 'carriage-return',
    kind: 'B2',
    about: 'the entrypoint was written on Windows: its first line names an interpreter that ends in CR',
    build: async () => {
      const parts = (await startFrom('debian-cpp')).map(each => ({
        ...each,
        config: { ...each.config, Entrypoint: [`/${START}`] },
      }))
      const script = { ...START_SCRIPT, content: '#!/bin/sh\r\nexec ninja "$@"\r\n' }
      return assembleImage(await addLayer(parts, () => [script]))
    },
    expected: [
      {
        rule: 'script-interpreter',
        platforms: ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x'],
        paths: [`/${START}`],
      },
    ],
  },
  {
    name: 'damaged-program',
    kind: 'B1',
    about: 'a program of arm64 was cut in the middle: an interrupted download',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => {
          const ninja = await readFile(parts, platform, 'usr/bin/ninja')
          const cut = ninja.content.subarray(0, ninja.content.length >> 1)
          return [{ ...ninja, path: 'usr/local/bin/make', content: platform === ARM64 ? cut : ninja.content }]
        }),
      )
    },
    expected: [{ rule: 'damaged-elf', platforms: ARM64_ONLY, paths: ['/usr/local/bin/make'] }],
  },
  {
    name: 'executable-stack',
    kind: 'B36',
    about: 'a program of s390x asks for an executable stack',
    build: async () => {
      const parts = await startFrom('debian-cpp')
      return assembleImage(
        await addLayer(parts, async platform => {
          const ninja = await readFile(parts, platform, 'usr/bin/ninja')
          const content = platform === S390X ? openStack(ninja.content) : ninja.content
          return [{ ...ninja, path: 'usr/local/bin/make', content }]
        }),
      )
    },
    expected: [
      {
        rule: 'executable-stack',
        platforms: ['linux/s390x'],
        paths: ['/usr/local/bin/make'],
        severity: 'note',
      },
    ],
  },
]

const START_SCRIPT: FileEntry = { path: START, mode: 0o755, content: '#!/bin/sh\nexec ninja "$@"\n' }

/** Large, and small in a layer. */
const MODELS: readonly FileEntry[] = ['a', 'b', 'c'].map(name => ({
  path: `srv/app/models/${name}.bin`,
  content: Buffer.alloc(32_000_000, `model ${name} `),
}))

async function addFiles(
  files: (platform: LabPlatform) => readonly FileEntry[],
): ReturnType<KnownBad['build']> {
  return assembleImage(await addLayer(await startFrom('debian-cpp'), files))
}

/** The header of a core file of arm64 (ET_CORE), without segments. */
function writeCore(): Buffer {
  const header = Buffer.alloc(4096)
  header.write('7f454c46020101', 'hex')
  header.writeUInt16LE(4, 16)
  header.writeUInt16LE(183, 18)
  header.writeUInt32LE(1, 20)
  header.writeUInt16LE(64, 52)
  return header
}

/** Sets PF_X in PT_GNU_STACK of a 64-bit big-endian file. */
function openStack(content: Uint8Array): Buffer {
  const bytes = Buffer.from(content)
  const start = Number(bytes.readBigUInt64BE(32))
  for (let at = 0; at < bytes.readUInt16BE(56); at += 1) {
    const header = start + at * bytes.readUInt16BE(54)
    if (bytes.readUInt32BE(header) === 0x6474e551) bytes.writeUInt32BE(7, header + 4)
  }
  return bytes
}
