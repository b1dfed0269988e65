import type { ElfFacts } from '../../src/audit/elf/elf-facts.js'
import type {
  EntryType,
  FileFact,
  LayerProblem,
  Package,
  PlatformInventory,
  TreeEntry,
} from '../../src/audit/inventory.js'
import { AUDIT_RULES } from '../../src/audit/rules/index.js'
import { runRules } from '../../src/audit/rules/run-rules.js'
import { findAbi } from '../../src/audit/view/abi.js'
import { createView } from '../../src/audit/view/create-view.js'
import type { PlatformView } from '../../src/audit/view/platform-view.js'
import type { AuditFinding } from '../../src/model/audit.js'
import type { Digest } from '../../src/model/digest.js'
import type { ImageConfig } from '../../src/model/image.js'
import { formatPlatform, type Platform, parsePlatform } from '../../src/model/platform.js'

/** One path of a synthetic root. Without anything it is an empty file of mode 644. */
export interface SyntheticFile {
  readonly type?: EntryType
  /** Makes it a symbolic link. */
  readonly link?: string
  readonly mode?: number
  readonly elf?: ElfFacts
  readonly shebang?: string
  readonly fact?: FileFact
  readonly text?: boolean
  readonly size?: number
}

export type SyntheticFiles = Readonly<Record<string, SyntheticFile>>

/** A synthetic platform: as the index names it, and what its root holds. */
export interface SyntheticPlatform {
  readonly platform: string
  readonly files: SyntheticFiles
  readonly config?: Partial<ImageConfig>
  readonly configPlatform?: string
  readonly packages?: readonly Package[]
  readonly problems?: readonly LayerProblem[]
  readonly complete?: boolean
  readonly manifest?: string
}

function readPlatform(text: string): Platform {
  const platform = parsePlatform(text)
  if (platform === undefined) throw new Error(`${text} is no platform`)
  return platform
}

const digest = (character: string): Digest => `sha256:${character.repeat(64)}`

/** An inventory as the reader of layers would make it. */
export function makeInventory(options: SyntheticPlatform): PlatformInventory {
  const platform = readPlatform(options.platform)
  const label = formatPlatform(platform)
  const tree = new Map<string, TreeEntry>()
  for (const [path, file] of Object.entries(options.files)) tree.set(path, makeEntry(path, file))
  const manifest = options.manifest ?? [...label].reduce((sum, c) => sum + c.charCodeAt(0), 0).toString(16)
  const config: ImageConfig = {
    env: [],
    exposedPorts: [],
    volumes: [],
    labels: {},
    diffIds: [],
    ...options.config,
  }
  const layer = digest('b')
  return {
    label,
    image: {
      platform,
      platformFrom: 'descriptor',
      manifest: { mediaType: '', digest: `sha256:${manifest.padStart(64, '0')}`, size: 1 },
      config: { mediaType: '', digest: digest('c'), size: 1 },
      layers: [{ mediaType: '', digest: layer, size: 1 }],
      imageConfig: config,
      configPlatform: readPlatform(options.configPlatform ?? options.platform),
      attestations: [],
    },
    layers: [{ digest: layer, size: 1, unpackedSize: 1, entries: [], problems: options.problems ?? [] }],
    tree,
    packages: options.packages ?? [],
    complete: options.complete ?? true,
  }
}

function makeEntry(path: string, file: SyntheticFile): TreeEntry {
  const { elf, shebang, fact, text, link } = file
  const type = file.type ?? (link === undefined ? 'file' : 'symlink')
  const entry = {
    path,
    type,
    mode: file.mode ?? 0o644,
    uid: 0,
    gid: 0,
    size: file.size ?? 100,
    layer: 0,
    ...(link === undefined ? {} : { link }),
  }
  if (type !== 'file' && type !== 'hardlink') return entry
  return { ...entry, content: { sha256: path, elf, shebang, fact, text } }
}

export function makeView(options: SyntheticPlatform): PlatformView {
  return createView(makeInventory(options))
}

/** What all rules, or those that are named, find. */
export function audit(
  platforms: readonly SyntheticPlatform[],
  only?: readonly string[],
  foreignPrograms: readonly string[] = [],
): readonly AuditFinding[] {
  return runRules({ views: platforms.map(makeView), foreignPrograms }, {}, only)
}

/** `error foreign-elf linux/arm64: title`. */
export function show(findings: readonly AuditFinding[]): string[] {
  return findings.map(each => `${each.severity} ${each.rule} ${each.platforms.join(' ')}: ${each.title}`)
}

/** Ids of the rules that judge a platform by itself. */
export const PLATFORM_RULES = AUDIT_RULES.filter(
  rule => rule.scope === 'platform' || rule.id === 'same-manifest',
).map(rule => rule.id)

/** ELF facts of a shared library for the platform. */
export function library(platform: string, facts: Partial<ElfFacts> = {}): ElfFacts {
  const { os, architecture, variant } = readPlatform(platform)
  const abi = findAbi({ os, architecture })
  if (abi === undefined) throw new Error(`${platform} has no ABI here`)
  return {
    ...abi,
    architecture,
    osAbi: 0,
    type: 'shared',
    flags: 0,
    ...(architecture === 'arm' ? { floatAbi: variant === 'v5' ? ('soft' as const) : ('hard' as const) } : {}),
    maxPageSize: 65536,
    loadAlign: 65536,
    ...facts,
  }
}

/** ELF facts of a static program. */
export function staticProgram(platform: string, facts: Partial<ElfFacts> = {}): ElfFacts {
  return library(platform, { type: 'executable', ...facts })
}

/** ELF facts of a program that glibc's loader starts. */
export function program(platform: string, facts: Partial<ElfFacts> = {}): ElfFacts {
  const name = nameArchitecture(platform)
  return library(platform, {
    type: 'pie',
    interpreter: `/${GLIBC[name]?.loader}`,
    needed: ['libc.so.6'],
    versionNeeds: { 'libc.so.6': ['GLIBC_2.34'] },
    ...facts,
  })
}

/** ELF facts of a program that musl's loader starts, as Alpine builds them. */
export function muslProgram(platform: string, facts: Partial<ElfFacts> = {}): ElfFacts {
  const name = MUSL[nameArchitecture(platform)]
  return library(platform, {
    type: 'pie',
    interpreter: `/lib/ld-musl-${name}.so.1`,
    needed: [`libc.musl-${name}.so.1`],
    ...facts,
  })
}

function nameArchitecture(platform: string): string {
  return readPlatform(platform).architecture
}

/** Where Debian has loader and libraries, by OCI architecture. */
export const GLIBC: Readonly<Record<string, { readonly loader: string; readonly tuple: string }>> = {
  '386': { loader: 'lib/ld-linux.so.2', tuple: 'i386-linux-gnu' },
  amd64: { loader: 'lib64/ld-linux-x86-64.so.2', tuple: 'x86_64-linux-gnu' },
  arm: { loader: 'lib/ld-linux-armhf.so.3', tuple: 'arm-linux-gnueabihf' },
  arm64: { loader: 'lib/ld-linux-aarch64.so.1', tuple: 'aarch64-linux-gnu' },
  ppc64le: { loader: 'lib64/ld64.so.2', tuple: 'powerpc64le-linux-gnu' },
  s390x: { loader: 'lib/ld64.so.1', tuple: 's390x-linux-gnu' },
}

const MUSL: Readonly<Record<string, string>> = {
  '386': 'i386',
  amd64: 'x86_64',
  arm: 'armhf',
  arm64: 'aarch64',
  ppc64le: 'powerpc64le',
  s390x: 's390x',
}

/** A Debian root with merged `/usr`, in the least that a shell needs. */
export function glibcRoot(platform: string, facts: Partial<ElfFacts> = {}): SyntheticFiles {
  const { loader, tuple } = GLIBC[nameArchitecture(platform)] ?? { loader: '', tuple: '' }
  const name = loader.slice(loader.lastIndexOf('/') + 1)
  return {
    bin: { link: 'usr/bin' },
    lib: { link: 'usr/lib' },
    lib64: { link: 'usr/lib64' },
    'etc/ld.so.conf': { fact: { kind: 'text', text: 'include /etc/ld.so.conf.d/*.conf\n' } },
    'etc/ld.so.conf.d/libc.conf': {
      fact: { kind: 'text', text: '# libc default configuration\n/usr/local/lib\n' },
    },
    'usr/bin/sh': { link: 'dash' },
    'usr/bin/dash': { mode: 0o755, elf: program(platform, facts) },
    [`usr/lib/${tuple}/${name}`]: {
      mode: 0o755,
      elf: library(platform, { soname: name, versionDefinitions: ['GLIBC_2.34'], ...facts }),
    },
    [`usr/${loader}`]: { link: `/usr/lib/${tuple}/${name}` },
    [`usr/lib/${tuple}/libc.so.6`]: {
      mode: 0o755,
      elf: library(platform, {
        soname: 'libc.so.6',
        needed: [name],
        versionDefinitions: ['GLIBC_2.17', 'GLIBC_2.34', 'GLIBC_2.36'],
        ...facts,
      }),
    },
  }
}

/** An Alpine root, in the least that a shell needs. */
export function muslRoot(platform: string): SyntheticFiles {
  const name = MUSL[nameArchitecture(platform)]
  return {
    [`lib/ld-musl-${name}.so.1`]: {
      mode: 0o755,
      elf: library(platform, { soname: `libc.musl-${name}.so.1` }),
    },
    [`lib/libc.musl-${name}.so.1`]: { link: `ld-musl-${name}.so.1` },
    'bin/busybox': { mode: 0o755, elf: muslProgram(platform) },
    'bin/sh': { link: '/bin/busybox' },
  }
}

/** An image of one static program and nothing else. */
export function scratchRoot(platform: string): SyntheticFiles {
  return { app: { mode: 0o755, elf: staticProgram(platform) } }
}

/** `package.json` as its probe reads it. */
export function nodePackage(name: string, manifest: object = {}, version = '1.0.0'): SyntheticFile {
  return {
    text: true,
    fact: { kind: 'node-manifest', package: { ecosystem: 'node', name, version }, manifest },
  }
}
