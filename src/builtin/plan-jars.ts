import { isLinuxCode } from '../audit/rules/native/jar-members.js'
import { listFacts } from '../audit/tree/list-facts.js'
import { findAbi, fitsAbi } from '../audit/view/abi.js'
import type { PlatformView } from '../audit/view/platform-view.js'
import { compareText } from '../model/platform.js'
import type { JarGroup, PlannedLibrary } from './builtin-plan.js'

/** More libraries than this are not loaded: each costs the start of a Java virtual machine on every platform. */
const MAX_LIBRARIES = 60

/** A library by its jar and file name, with the members that are builds of it for one platform. */
interface FoundJar {
  readonly path: string
  readonly libraries: ReadonlyMap<string, readonly string[]>
}

/**
 * Works out which native libraries of jars each platform loads: by the place of the platform, with the same jars and
 * names on all. A jar may have several builds for a platform, one for each C library.
 */
export function planJars(
  views: readonly PlatformView[],
  hasJava: (view: PlatformView) => boolean,
): { readonly groups: readonly (readonly JarGroup[])[]; readonly omitted: number } {
  const perView = views.map(view => (hasJava(view) ? listJars(view) : new Map<string, FoundJar>()))
  const all = new Map<string, Set<string>>()
  for (const [jar, { libraries }] of perView.flatMap(each => [...each])) {
    const names = all.get(jar) ?? new Set()
    for (const name of libraries.keys()) names.add(name)
    all.set(jar, names)
  }
  let left = MAX_LIBRARIES
  const jars = [...all]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([jar, names]) => {
      const asked = [...names].sort(compareText).slice(0, left)
      left -= asked.length
      return asked.length === 0 ? [] : [{ jar, names: asked }]
    })
  const count = [...all.values()].reduce((sum, names) => sum + names.size, 0)
  const groups = perView.map(found =>
    jars.map(({ jar, names }): JarGroup => {
      const here = found.get(jar)
      const libraries = names.map((name): PlannedLibrary => {
        const members = here?.libraries.get(name)
        return members === undefined ? { name } : { name, members }
      })
      return { name: jar, ...(here === undefined ? {} : { path: here.path }), libraries }
    }),
  )
  return { groups, omitted: count - (MAX_LIBRARIES - left) }
}

function listJars(view: PlatformView): Map<string, FoundJar> {
  const jars = new Map<string, FoundJar>()
  const abi = findAbi(view.platform)
  if (abi === undefined) return jars
  for (const { path, fact } of listFacts(view.inventory.tree, 'archive')) {
    const libraries = new Map<string, string[]>()
    for (const member of fact.members) {
      if (member.elf === undefined || !isLinuxCode(member)) continue
      const name = member.path.slice(member.path.lastIndexOf('/') + 1)
      // Known on every platform by the builds for the others, which are here, too.
      const own = libraries.get(name) ?? []
      if (fitsAbi(member.elf, abi)) own.push(member.path)
      libraries.set(name, own)
    }
    const present = [...libraries].filter(([, members]) => members.length > 0)
    if (present.length > 0)
      jars.set(view.neutralizePath(path), { path: `/${path}`, libraries: new Map(present) })
  }
  return jars
}
