import type { NodeManifest, Package } from '../../inventory.js'
import { listFacts } from '../../tree/list-facts.js'
import type { PlatformView } from '../../view/platform-view.js'
import { oncePerView } from './per-view.js'

/** An installed Node package. */
export interface NodePackage {
  /** Of the tree. */
  readonly folder: string
  readonly package: Package
  readonly manifest: NodeManifest
}

/** Node's `process.arch`, by OCI architecture. */
const CPUS: ReadonlyMap<string, string> = new Map([
  ['amd64', 'x64'],
  ['386', 'ia32'],
  ['arm64', 'arm64'],
  ['arm', 'arm'],
  ['loong64', 'loong64'],
  ['mips64le', 'mips64el'],
  ['ppc64le', 'ppc64'],
  ['riscv64', 'riscv64'],
  ['s390x', 's390x'],
])

/** Every installed Node package, by folder. */
export const listNodePackages = oncePerView((view): ReadonlyMap<string, NodePackage> => {
  const packages = new Map<string, NodePackage>()
  for (const { path, fact } of listFacts(view.inventory.tree, 'node-manifest')) {
    if (!path.endsWith('/package.json')) continue
    const folder = path.slice(0, -'/package.json'.length)
    packages.set(folder, { folder, package: fact.package, manifest: fact.manifest })
  }
  return packages
})

/** The package whose folder holds the file. */
export function findNodePackage(view: PlatformView, path: string): NodePackage | undefined {
  const packages = listNodePackages(view)
  if (packages.size === 0) return undefined
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const found = packages.get(path.slice(0, end))
    if (found !== undefined) return found
  }
  return undefined
}

/** The name that Node has for the platform's processor; OCI's where Node has none. */
export function nameCpu(view: PlatformView): string {
  const { architecture } = view.platform
  return CPUS.get(architecture) ?? architecture
}

/** The C library that the image's Node runs with: by its own interpreter, else by the loaders in the root. */
export const findNodeLibc = oncePerView((view): 'glibc' | 'musl' | undefined => {
  const node = view.findProgram('node')
  const interpreter = node?.entry.content?.elf?.interpreter
  if (interpreter !== undefined) return interpreter.includes('ld-musl-') ? 'musl' : 'glibc'
  const programs = view.elfFiles.filter(({ elf }) => elf.interpreter !== undefined)
  const musl = programs.filter(({ elf }) => elf.interpreter?.includes('ld-musl-')).length
  return programs.length === 0 ? undefined : musl * 2 > programs.length ? 'musl' : 'glibc'
})

/** Whether npm would refuse the package on this platform (package.json, "os", "cpu", "libc"). */
export function excludesPlatform({ os, cpu, libc }: NodeManifest, view: PlatformView): boolean {
  const own = findNodeLibc(view)
  return (
    !allows(os, view.platform.os) || !allows(cpu, nameCpu(view)) || (own !== undefined && !allows(libc, own))
  )
}

/** npm's reading of a list: names with `!` are excluded, others are the only ones allowed. */
function allows(list: readonly string[] | undefined, name: string): boolean {
  if (list === undefined || list.length === 0) return true
  if (list.includes(`!${name}`)) return false
  const wanted = list.filter(each => !each.startsWith('!'))
  return wanted.length === 0 || wanted.includes(name) || wanted.includes('any')
}
