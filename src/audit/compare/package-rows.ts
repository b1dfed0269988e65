import type { NodeManifest, Package } from '../inventory.js'
import { listFacts } from '../tree/list-facts.js'
import type { PlatformView } from '../view/platform-view.js'
import { alignByName } from './align.js'
import { neutralizeWords } from './neutral-words.js'

/** One package on several platforms; a platform may have several versions of it (nested `node_modules`). */
export interface PackageRow {
  readonly ecosystem: Package['ecosystem']
  /** With platform words made neutral where platforms name it differently. */
  readonly name: string
  readonly items: readonly (readonly Package[] | undefined)[]
}

/**
 * Pairs the packages of all platforms. What a platform has for other platforms on purpose is left out, and so are
 * Python and Node packages that came in a package of the distribution: that one stands for them.
 */
export function alignPackages(views: readonly PlatformView[]): PackageRow[] {
  const sides = views.map(view => {
    const { manifests, distributed } = readLanguagePackages(view)
    const byName = new Map<string, Package[]>()
    for (const one of view.inventory.packages) {
      if (distributed.has(keyOf(one)) || isForeignOnPurpose(one, view, manifests)) continue
      const key = `${one.ecosystem}:${one.name}`
      const list = byName.get(key)
      if (list === undefined) byName.set(key, [one])
      else list.push(one)
    }
    return byName
  })
  const rows = alignByName(sides, (key, side) => {
    const view = views[side]
    return view === undefined ? key : neutralizeWords(key, view.platform)
  })
  return rows.map(({ name, items }) => {
    const colon = name.indexOf(':')
    return { ecosystem: name.slice(0, colon) as Package['ecosystem'], name: name.slice(colon + 1), items }
  })
}

interface LanguagePackages {
  readonly manifests: ReadonlyMap<string, NodeManifest>
  /** Keys of those that nothing but a distribution's package brought. */
  readonly distributed: ReadonlySet<string>
}

function readLanguagePackages(view: PlatformView): LanguagePackages {
  const manifests = new Map<string, NodeManifest>()
  const distributed = new Set<string>()
  const others = new Set<string>()
  const sort = (path: string, one: Package) => {
    if (one.ecosystem !== 'python' && one.ecosystem !== 'node') return
    const owner = view.findOwner(path)?.ecosystem
    const isDistributed = owner === 'dpkg' || owner === 'apk' || owner === 'rpm'
    ;(isDistributed ? distributed : others).add(keyOf(one))
  }
  for (const { path, fact } of listFacts(view.inventory.tree, 'node-manifest')) {
    manifests.set(fact.package.name, fact.manifest)
    sort(path, fact.package)
  }
  for (const { path, fact } of listFacts(view.inventory.tree, 'packages'))
    for (const one of fact.packages) sort(path, one)
  for (const key of others) distributed.delete(key)
  return { manifests, distributed }
}

function keyOf({ ecosystem, name, version }: Package): string {
  return `${ecosystem}:${name}:${version}`
}

/**
 * npm's optional platform packages say in `os`, `cpu` and `libc` where they run. One that cannot run here is a
 * by-catch of the installer (npm before 10.4 ignores `libc`), not something that other platforms lack.
 */
function isForeignOnPurpose(
  one: Package,
  view: PlatformView,
  manifests: ReadonlyMap<string, NodeManifest>,
): boolean {
  if (one.ecosystem !== 'node') return false
  const manifest = manifests.get(one.name)
  if (manifest === undefined) return false
  const cpu = NODE_CPUS[view.platform.architecture]
  return (
    excludes(manifest.os, view.platform.os) ||
    (cpu !== undefined && excludes(manifest.cpu, cpu)) ||
    // Both C libraries' packages fit a platform that has neither to be judged by; only one of them is ever loaded.
    (manifest.libc !== undefined && excludes(manifest.libc, findLibc(view)))
  )
}

/** npm, "package.json", `os` and `cpu`: a list of names, or of names with `!` that are refused. */
function excludes(allowed: readonly string[] | undefined, own: string | undefined): boolean {
  if (allowed === undefined || allowed.length === 0 || own === undefined) return false
  if (allowed.includes(`!${own}`)) return true
  const named = allowed.filter(one => !one.startsWith('!'))
  return named.length > 0 && !named.includes(own) && !named.includes('any')
}

/** OCI architecture → Node's `process.arch`. */
const NODE_CPUS: Readonly<Record<string, string>> = {
  amd64: 'x64',
  '386': 'ia32',
  arm64: 'arm64',
  arm: 'arm',
  ppc64le: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips64le: 'mips64el',
}

/** The C library that the loader of this root belongs to. */
function findLibc(view: PlatformView): 'glibc' | 'musl' | undefined {
  const { packages, tree } = view.inventory
  if (packages.some(one => one.ecosystem === 'apk' && one.name === 'musl')) return 'musl'
  if (packages.some(one => one.name === 'libc6' || one.name === 'glibc')) return 'glibc'
  for (const folder of ['lib', 'usr/lib', 'lib64', 'usr/lib64']) {
    if (tree.has(`${folder}/libc.so.6`)) return 'glibc'
  }
  return undefined
}

/** A version in which rebuilds of the same source are one: Debian's `+bN` only says that the archive built it again. */
export function normalizeVersion(one: Pick<Package, 'ecosystem' | 'version'>): string {
  return one.ecosystem === 'dpkg' ? one.version.replace(/\+b\d{1,3}$/, '') : one.version
}

/**
 * The upstream version: Debian policy 5.6.12 has the revision behind the last hyphen, apk `-rN`, rpm its release.
 */
export function stripRevision({ ecosystem, version }: Pick<Package, 'ecosystem' | 'version'>): string {
  if (ecosystem === 'dpkg' || ecosystem === 'rpm') return version.replace(/-[^-]*$/, '')
  return ecosystem === 'apk' ? version.replace(/-r\d+$/, '') : version
}

/** All versions that a platform has of a package, as one text. */
export function listVersions(packages: readonly Package[]): string {
  return [...new Set(packages.map(normalizeVersion))].sort().join(', ')
}
