import type { Severity } from '../../../model/audit.js'
import type { PlatformView } from '../../view/platform-view.js'
import { cite } from '../common/describe.js'
import { groupFiles } from '../common/group-files.js'
import {
  excludesPlatform,
  findNodeLibc,
  listNodePackages,
  type NodePackage,
  nameCpu,
} from '../common/node-packages.js'
import { oncePerView } from '../common/per-view.js'
import { listOthers } from '../common/twins.js'
import type { RuleHit } from '../rule.js'
import { readBuildName } from './build-names.js'

/** Packages that throw as soon as they are loaded without their build; others may have a slower way in JavaScript. */
const NEED_THEIR_BUILD =
  /^(?:esbuild|rollup|sharp|@swc\/core|lightningcss|@tailwindcss\/oxide|@biomejs\/biome|@parcel\/watcher|turbo|sass-embedded|oxlint|oxc-parser|rolldown|@rspack\/binding|@napi-rs\/.+)$/

/** A package whose build for this platform is not installed. */
export interface LackingPackage {
  readonly needer: NodePackage
  /** Names of the builds that would do. */
  readonly wanted: readonly string[]
  /** Names of builds for other platforms that are installed in its place. */
  readonly installed: readonly string[]
}

/** Packages of which builds are listed for this platform (`optionalDependencies`) and none is installed. */
export const findLackingPackages = oncePerView((view): readonly LackingPackage[] => {
  const lacking: LackingPackage[] = []
  for (const needer of listNodePackages(view).values()) {
    const { optionalDependencies = [] } = needer.manifest
    if (optionalDependencies.length === 0 || excludesPlatform(needer.manifest, view)) continue
    const families = new Map<string, string[]>()
    for (const name of optionalDependencies) {
      const family = readBuildName(name)?.family
      if (family !== undefined) families.set(family, [...(families.get(family) ?? []), name])
    }
    if (
      families.size === 0 ||
      optionalDependencies.some(name => isWasm(name) && isInstalled(view, needer, name))
    )
      continue
    for (const names of families.values()) {
      const wanted = names.filter(name => isForPlatform(name, view))
      const installed = names.filter(name => isInstalled(view, needer, name))
      if (wanted.length > 0 && !installed.some(name => wanted.includes(name)))
        lacking.push({ needer, wanted, installed })
    }
  }
  return lacking
})

function isWasm(name: string): boolean {
  return /(?:^|[-/])wasm(?:32)?(?:[-/]|$)/.test(name)
}

function isForPlatform(name: string, view: PlatformView): boolean {
  const build = readBuildName(name)
  const libc = findNodeLibc(view)
  return (
    build?.os === view.platform.os &&
    build.cpu === nameCpu(view) &&
    (build.libc === undefined || libc === undefined || build.libc === libc)
  )
}

/** Node's search: `node_modules` of the package's own folder and of every folder above (Node, "Loading from node_modules folders"). */
function isInstalled(view: PlatformView, { folder }: NodePackage, name: string): boolean {
  for (let at = folder; ; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
    const base = at === '' ? '' : `/${at}`
    const isModules = at === 'node_modules' || at.endsWith('/node_modules')
    if (!isModules && view.resolve(`${base}/node_modules/${name}/package.json`) !== undefined) return true
    if (at === '') return false
  }
}

/** Node packages that have another platform's build in place of this one's, or none although other platforms have theirs. */
export function judgeNpmBuilds(view: PlatformView, views: readonly PlatformView[]): readonly RuleHit[] {
  if (!view.complete) return []
  const judged = findLackingPackages(view).flatMap(lack => {
    const severity = weighLack(view, views, lack)
    return severity === undefined ? [] : [{ ...lack, severity }]
  })
  return (['error', 'warning'] as const).flatMap(severity => {
    const members = judged.filter(each => each.severity === severity)
    return groupFiles(members, ({ needer }) => needer.folder, view, 'Node package').map((group): RuleHit => {
      const names = [...new Set(group.items.map(({ needer }) => needer.package.name))].slice(0, 6).join(', ')
      const one = group.items.length === 1
      const hasOthers = group.items.some(({ installed }) => installed.length > 0)
      return {
        platforms: [view.label],
        title: hasOthers
          ? `${names}: native builds of another platform are installed, and not this one's`
          : `${names}: the native ${one ? 'build' : 'builds'} for this platform ${one ? 'is' : 'are'} not installed`,
        subject: `npm ${group.subject}`,
        paths: group.items.map(({ needer }) => `/${needer.folder}`),
        evidence: group.items.flatMap(({ needer, wanted, installed }) => {
          const entry = view.inventory.tree.get(`${needer.folder}/package.json`)
          const has = installed.length === 0 ? 'none of its builds is' : `${installed.join(', ')} is`
          if (entry === undefined) return []
          const text = `${needer.package.name} ${needer.package.version} wants ${wanted.join(' or ')}; ${has} installed`
          return [cite(view, entry, text.slice(0, 300), { wanted, installed })]
        }),
        advice:
          'Run npm (or yarn, pnpm) on each platform, or with --cpu, --os and --libc of the target; do not copy node_modules between platforms, and do not install with --omit=optional.',
        severity,
      }
    })
  })
}

function weighLack(
  view: PlatformView,
  views: readonly PlatformView[],
  { needer, wanted, installed }: LackingPackage,
): Severity | undefined {
  if (installed.length > 0) return 'error'
  const folder = view.neutralizePath(needer.folder)
  const hasElsewhere = listOthers(view, views).some(other => {
    const twin = [...listNodePackages(other).values()].find(
      each => each.package.name === needer.package.name && other.neutralizePath(each.folder) === folder,
    )
    if (twin === undefined) return false
    return (twin.manifest.optionalDependencies ?? []).some(
      name =>
        readBuildName(name)?.family === readBuildName(wanted[0] ?? '')?.family &&
        isForPlatform(name, other) &&
        isInstalled(other, twin, name),
    )
  })
  if (!hasElsewhere) return undefined
  return NEED_THEIR_BUILD.test(needer.package.name) ? 'error' : 'warning'
}
