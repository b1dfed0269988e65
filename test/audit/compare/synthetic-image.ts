import { createHash } from 'node:crypto'
import type { FileContent, FileFact, LayerEntry, Package, TreeEntry } from '../../../src/audit/inventory.js'
import { hashNeutralText } from '../../../src/audit/layers/neutral-text.js'
import { collectPackages } from '../../../src/audit/packages/collect-packages.js'
import type { RuleInput } from '../../../src/audit/rules/rule.js'
import { findAbi } from '../../../src/audit/view/abi.js'
import { createView } from '../../../src/audit/view/create-view.js'
import type { Attestation, ImageConfig, PlatformImage } from '../../../src/model/image.js'
import { formatPlatform, type Platform, parsePlatform } from '../../../src/model/platform.js'

/** One thing in a synthetic root. */
export interface SyntheticFile {
  readonly text?: string
  /** Bytes that are no text. */
  readonly data?: string
  /** Machine code for this architecture. */
  readonly elf?: string
  readonly program?: boolean
  /** Libraries that the code needs. */
  readonly needed?: readonly string[]
  readonly soname?: string
  readonly directory?: boolean
  readonly link?: string
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly capability?: string
  readonly size?: number
  readonly fact?: FileFact
}

/** What a platform of a synthetic image holds; paths relative to the root. */
export interface SyntheticPlatform {
  readonly files: Record<string, SyntheticFile>
  packages: (Package & { readonly files?: readonly string[] })[]
  config: { -readonly [Field in keyof ImageConfig]?: ImageConfig[Field] }
  attestations: Attestation[]
  layers?: number
  complete?: boolean
}

export const SIX = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/386', 'linux/ppc64le', 'linux/s390x']

/** Debian's triplets, by platform. */
export const TRIPLETS: Readonly<Record<string, string>> = {
  'linux/amd64': 'x86_64-linux-gnu',
  'linux/arm64': 'aarch64-linux-gnu',
  'linux/arm/v7': 'arm-linux-gnueabihf',
  'linux/386': 'i386-linux-gnu',
  'linux/ppc64le': 'powerpc64le-linux-gnu',
  'linux/s390x': 's390x-linux-gnu',
}

/** Node's `process.arch`, by platform. */
export const NODE_CPUS: Readonly<Record<string, string>> = {
  'linux/amd64': 'x64',
  'linux/arm64': 'arm64',
  'linux/arm/v7': 'arm',
  'linux/386': 'ia32',
  'linux/ppc64le': 'ppc64',
  'linux/s390x': 's390x',
}

/** A Debian-like root that is as it should be, in that platform's own words. */
export function makeHealthy(label: string): SyntheticPlatform {
  const triplet = TRIPLETS[label] ?? ''
  const cpu = NODE_CPUS[label] ?? ''
  const architecture = readPlatform(label).architecture
  const code = (program = false): SyntheticFile => ({ elf: architecture, program, mode: 0o755 })
  const modules = 'srv/node_modules'
  const python = 'usr/local/lib/python3.11/site-packages'
  const needsAtomic = label === 'linux/arm/v7'
  return {
    config: {
      env: ['PATH=/usr/bin', `LD_PRELOAD=/usr/lib/${triplet}/libjemalloc.so.2`, `TARGETARCH=${architecture}`],
      entrypoint: ['/usr/bin/tool'],
      labels: {
        'org.opencontainers.image.created': `2026-01-01T00:00:0${label.length % 10}Z`,
        title: 'tool',
      },
      history: [
        {
          createdBy: `/bin/sh -c #(nop) ADD file:${'0'.repeat(63)}${label.length % 10} in / `,
          emptyLayer: false,
        },
        {
          createdBy: `RUN |2 TARGETARCH=${architecture} TARGETVARIANT=${label.split('/')[2] ?? ''} /bin/sh -c make # buildkit`,
          emptyLayer: false,
        },
      ],
    },
    attestations: [
      { digest: `sha256:${'1'.repeat(64)}`, predicateTypes: ['https://slsa.dev/provenance/v0.2'] },
    ],
    packages: [
      {
        ...dpkg('libc6', '2.36-9', architecture),
        files: [`/usr/lib/${triplet}/libc.so.6`, '/etc/libc.conf'],
      },
      {
        // Rebuilt once on one platform, and only ARM's needs libatomic1.
        ...dpkg('tool', needsAtomic ? '1.0-1+b2' : '1.0-1', architecture),
        requires: needsAtomic ? ['libc6', 'libatomic1'] : ['libc6'],
        files: [
          '/usr/bin/tool',
          '/usr/share/tool/data',
          ...(label === 'linux/amd64' ? [`/usr/lib/${triplet}/tool/only`] : []),
        ],
      },
      { ...dpkg('data', '3-1', 'all'), files: ['/usr/share/data/table', '/etc/data.conf'] },
      ...(needsAtomic
        ? [{ ...dpkg('libatomic1', '12.2-1', architecture), files: [`/usr/lib/${triplet}/libatomic.so.1`] }]
        : []),
    ],
    files: {
      etc: { directory: true },
      'etc/passwd': {
        text: 'root:x:0:0::/:/bin/sh\napp:x:999:999::/:/bin/sh\n',
        fact: passwd('app:x:999:999'),
      },
      'etc/group': { text: 'root:x:0:\napp:x:999:\n', fact: passwd('app:x:999:') },
      'etc/machine-id': { text: `${label}\n` },
      'etc/libc.conf': { text: 'x\n' },
      'etc/data.conf': { text: 'y\n' },
      'etc/app.conf': { text: `modules=/usr/lib/${triplet}/tool\n` },
      [`usr/lib/${triplet}`]: { directory: true },
      [`usr/lib/${triplet}/libc.so.6`]: code(),
      [`usr/lib/${triplet}/tool`]: { directory: true },
      // What a package has on one architecture only is its packager's decision.
      ...(label === 'linux/amd64'
        ? { [`usr/lib/${triplet}/tool/only`]: { text: label }, lib64: { link: 'usr/lib64' } }
        : {}),
      ...(needsAtomic ? { [`usr/lib/${triplet}/libatomic.so.1`]: code() } : {}),
      'usr/bin/tool': code(true),
      'usr/share/tool/data': { text: `built for ${label}, in its own way ${label.length}` },
      'usr/share/data/table': { text: 'one two three\n' },
      'usr/share/zoneinfo': { directory: true },
      'usr/share/zoneinfo/UTC': { data: 'TZif' },
      'usr/share/zoneinfo/Asia/Tokyo': { data: 'TZif JST' },
      'etc/ssl/certs/ca-certificates.crt': { text: '-----BEGIN CERTIFICATE-----\n' },
      opt: { directory: true },
      data: { directory: true },
      'usr/share/data': { directory: true },
      'opt/app': { directory: true },
      'opt/app/run.sh': { text: '#!/bin/sh\n', mode: 0o755 },
      'opt/app/lib/libapp.so': code(),
      'opt/app/model.bin': { data: 'weights' },
      'usr/local/bin/priv': { ...code(true), mode: 0o4755 },
      'var/log/build.log': { text: label },
      'root/.cache/pip/x': { text: label },
      'opt/app/__pycache__/a.cpython-311.pyc': { data: label },
      [`${modules}/bufferutil/package.json`]: node('bufferutil', '4.0.8'),
      [`${modules}/bufferutil/index.js`]: { text: 'x' },
      [`${modules}/bufferutil/fallback.js`]: { text: 'x' },
      // Every platform's prebuilt file is on every platform.
      ...Object.fromEntries(
        SIX.map(other => [
          `${modules}/bufferutil/prebuilds/linux-${NODE_CPUS[other]}/node.napi${other === 'linux/arm64' ? '.armv8' : ''}.node`,
          { elf: readPlatform(other).architecture },
        ]),
      ),
      [`${modules}/@esbuild/linux-${cpu}/package.json`]: node(`@esbuild/linux-${cpu}`, '0.25.0', {
        cpu: [cpu],
      }),
      [`${modules}/@esbuild/linux-${cpu}/bin/esbuild`]: code(true),
      [`${python}/yaml/__init__.py`]: { text: 'x' },
      [`${python}/yaml/_yaml.cpython-311-${triplet}.so`]: code(),
      [`${python}/PyYAML-6.0.1.dist-info/METADATA`]: {
        text: 'x',
        fact: { kind: 'packages', packages: [{ ecosystem: 'python', name: 'pyyaml', version: '6.0.1' }] },
      },
      [`${python}/PyYAML-6.0.1.dist-info/WHEEL`]: {
        text: label,
        fact: { kind: 'wheel', tags: [`cp311-cp311-linux_${cpu}`], purelib: false },
      },
      [`${python}/PyYAML-6.0.1.dist-info/RECORD`]: {
        text: label,
        fact: {
          kind: 'file-list',
          ecosystem: 'python',
          package: 'PyYAML-6.0.1',
          files: ['yaml/__init__.py', `yaml/_yaml.cpython-311-${triplet}.so`].map(
            file => `/${python}/${file}`,
          ),
        },
      },
    },
  }
}

/** Rule input of healthy platforms, changed by `change`. */
export function makeInput(
  change: (platforms: Record<string, SyntheticPlatform>) => void = () => {},
  labels: readonly string[] = SIX,
): RuleInput {
  const platforms = Object.fromEntries(labels.map(label => [label, makeHealthy(label)]))
  change(platforms)
  return {
    views: labels.map(label => makeView(label, platforms[label] as SyntheticPlatform)),
    foreignPrograms: [],
  }
}

function makeView(label: string, { files, packages, ...rest }: SyntheticPlatform) {
  const platform = readPlatform(label)
  const lists: [string, SyntheticFile][] = packages.flatMap(one =>
    one.files === undefined
      ? []
      : [
          [
            `var/lib/dpkg/info/${one.name}.list`,
            {
              text: one.files.join('\n'),
              fact: { kind: 'file-list', ecosystem: one.ecosystem, package: one.name, files: one.files },
            },
          ],
        ],
  )
  const status: SyntheticFile = {
    text: label,
    fact: { kind: 'packages', packages: packages.map(({ files: _, ...one }) => one) },
  }
  const all: Record<string, SyntheticFile> = {
    ...files,
    ...Object.fromEntries(lists),
    'var/lib/dpkg/status': status,
  }
  const tree = new Map(Object.entries(all).map(([path, file]) => [path, makeEntry(path, file)]))
  const { complete = true, layers = 2, config, attestations } = rest
  const image: PlatformImage = {
    platform,
    platformFrom: 'descriptor',
    manifest: { mediaType: '', digest: `sha256:${'0'.repeat(64)}`, size: 0 },
    config: { mediaType: '', digest: `sha256:${'0'.repeat(64)}`, size: 0 },
    layers: Array.from({ length: layers }, () => ({
      mediaType: '',
      digest: `sha256:${'0'.repeat(64)}` as const,
      size: 0,
    })),
    imageConfig: { env: [], exposedPorts: [], volumes: [], labels: {}, diffIds: [], ...config },
    configPlatform: platform,
    attestations,
  }
  return createView({ label, image, layers: [], tree, packages: collectPackages(tree), complete })
}

function makeEntry(path: string, file: SyntheticFile): TreeEntry {
  const { mode, uid = 0, gid = 0, capability, link, directory } = file
  const common: Pick<LayerEntry, 'path' | 'uid' | 'gid' | 'size'> & { layer: number } = {
    path,
    uid,
    gid,
    size: 0,
    layer: 0,
  }
  if (directory) return { ...common, type: 'directory', mode: mode ?? 0o755 }
  if (link !== undefined) return { ...common, type: 'symlink', mode: 0o777, link }
  const bytes = Buffer.from(file.text ?? file.data ?? `${path} ${file.elf}`)
  return {
    ...common,
    type: 'file',
    mode: mode ?? 0o644,
    size: file.size ?? bytes.length,
    ...(capability === undefined ? {} : { capability }),
    content: makeContent(file, bytes),
  }
}

function makeContent(
  { text, elf, program, needed, soname, fact }: SyntheticFile,
  bytes: Buffer,
): FileContent {
  const neutral = text === undefined ? undefined : hashNeutralText(bytes)
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...(neutral === undefined ? {} : { neutralSha256: neutral }),
    ...(fact === undefined ? {} : { fact }),
    ...(text === undefined ? {} : { text: true }),
    ...(text?.startsWith('#!') ? { shebang: text.slice(2).split('\n')[0] } : {}),
    ...(elf === undefined
      ? {}
      : {
          elf: {
            ...(findAbi({ os: 'linux', architecture: elf }) ?? {
              machine: 0,
              bits: 64,
              endianness: 'little',
            }),
            architecture: elf,
            osAbi: 0,
            type: program ? 'pie' : 'shared',
            flags: 0,
            ...(needed === undefined ? {} : { needed }),
            ...(soname === undefined ? {} : { soname }),
          },
        }),
  }
}

/** A package as dpkg's status has it. */
export function dpkg(name: string, version: string, architecture: string): Package {
  return { ecosystem: 'dpkg', name, version, architecture, source: `${name} ${version}` }
}

/** A package.json. */
export function node(name: string, version: string, manifest = {}): SyntheticFile {
  return {
    text: JSON.stringify({ name, version, ...manifest }),
    fact: { kind: 'node-manifest', package: { ecosystem: 'node', name, version }, manifest },
  }
}

function passwd(line: string): FileFact {
  return { kind: 'text', text: `root:x:0:0\n${line}\n` }
}

function readPlatform(label: string): Platform {
  const platform = parsePlatform(label)
  if (platform === undefined || formatPlatform(platform) !== label) throw new Error(`${label} is no platform`)
  return platform
}
