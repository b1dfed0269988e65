import { isForOtherSystem } from '../../compare/native-modules.js'
import type { TreeEntry } from '../../inventory.js'
import { findAbi, fitsAbi } from '../../view/abi.js'
import type { PlatformView } from '../../view/platform-view.js'
import { cite, nameMachine } from '../common/describe.js'
import { groupFiles } from '../common/group-files.js'
import { excludesPlatform, findNodePackage, type NodePackage } from '../common/node-packages.js'
import { isTestData } from '../common/places.js'
import { isNamedBuild } from '../common/platform-folders.js'
import type { RuleHit } from '../rule.js'

/** Words of systems on which no ELF file is loaded. */
const OTHER_SYSTEM =
  /(?<![A-Za-z0-9])(?:darwin|macos|mac|osx|win32|win|windows|win64|freebsd|ios)(?![A-Za-z])/i

/** The native code of one Node package. */
interface Addons {
  readonly owner: NodePackage
  own: number
  /** Builds for other platforms, named as such. */
  readonly others: { readonly entry: TreeEntry; readonly what: string }[]
}

/** Node addons for other systems, and packages that bring builds for other platforms and none for this. */
export function judgeNodeAddons(view: PlatformView): readonly RuleHit[] {
  const { byPackage, alien } = sortAddons(view)
  const lacking = [...byPackage.values()].filter(({ own, others }) => own === 0 && others.length > 0)
  return [
    ...groupFiles(alien, entry => entry.path, view, 'addon').map(
      (group): RuleHit => ({
        platforms: [view.label],
        title: `${group.name} ${group.one ? 'is' : 'are'} no Linux code`,
        subject: `addon ${group.subject}`,
        paths: group.items.map(({ path }) => `/${path}`),
        evidence: group.items.map(entry =>
          cite(view, entry, 'a Node addon that is no ELF file: built on macOS or Windows'),
        ),
        advice:
          'Install the dependencies inside the image, on each platform, and keep node_modules of the build machine out with .dockerignore.',
        severity: 'error',
      }),
    ),
    ...(view.complete ? lacking : []).map(({ owner, others }): RuleHit => {
      const [first] = others as [Addons['others'][number]]
      const one = others.length === 1
      return {
        platforms: [view.label],
        title: `${owner.package.name} has native code for ${one ? first.what : 'other platforms'} and none for this`,
        subject: `addons ${view.neutralizePath(owner.folder)}`,
        paths: others.map(({ entry }) => `/${entry.path}`),
        evidence: others.map(({ entry, what }) => cite(view, entry, `native code for ${what}`)),
        advice:
          'Build the addon on this platform (npm rebuild, with a compiler at hand), or choose a version that brings a build for it; without one the package fails or silently uses slower JavaScript.',
        // One build is what an installation on another machine leaves; several are what the package ships to everyone.
        severity: one ? 'error' : 'warning',
      }
    }),
  ]
}

function sortAddons(view: PlatformView): {
  readonly byPackage: ReadonlyMap<string, Addons>
  readonly alien: readonly TreeEntry[]
} {
  const byPackage = new Map<string, Addons>()
  const alien: TreeEntry[] = []
  const abi = findAbi(view.platform)
  if (abi === undefined) return { byPackage, alien }
  for (const entry of view.inventory.tree.values()) {
    const { path, content } = entry
    const elf = content?.elf
    const isAddon = path.endsWith('.node') && content !== undefined && entry.size > 0
    if ((!isAddon && (elf === undefined || !path.includes('node_modules/'))) || isTestData(path)) continue
    const owner = findNodePackage(view, path)
    if (owner !== undefined && excludesPlatform(owner.manifest, view)) continue
    const addons = owner && openAddons(byPackage, owner)
    if (elf === undefined) {
      if (content?.text === true) continue
      const inside = path.slice(owner === undefined ? 0 : owner.folder.length)
      if (!OTHER_SYSTEM.test(inside)) alien.push(entry)
      else addons?.others.push({ entry, what: 'another system' })
    } else if (isForOtherSystem(path)) {
      addons?.others.push({ entry, what: 'another system' })
    } else if (fitsAbi(elf, abi)) {
      if (addons !== undefined) addons.own += 1
    } else if (isNamedBuild({ path, entry, elf })) addons?.others.push({ entry, what: nameMachine(elf) })
  }
  return { byPackage, alien }
}

function openAddons(byPackage: Map<string, Addons>, owner: NodePackage): Addons {
  let addons = byPackage.get(owner.folder)
  if (addons === undefined) {
    addons = { owner, own: 0, others: [] }
    byPackage.set(owner.folder, addons)
  }
  return addons
}
