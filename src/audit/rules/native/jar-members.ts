import type { ArchiveMember, TreeEntry } from '../../inventory.js'
import { listFacts } from '../../tree/list-facts.js'
import { findAbi, fitsAbi } from '../../view/abi.js'
import type { PlatformView } from '../../view/platform-view.js'
import { cite, nameMachine } from '../common/describe.js'
import { isSystemPackage } from '../common/package-architecture.js'
import { isTestData } from '../common/places.js'
import { listBuildGroups } from '../common/platform-folders.js'
import type { RuleHit } from '../rule.js'

/** What Maven's os-maven-plugin makes of architectures in classifiers, which nobody else writes so. */
const CLASSIFIERS: readonly (readonly [string, string])[] = [
  ['aarch_64', 'aarch64'],
  ['ppcle_64', 'ppc64le'],
  ['s390_64', 's390x'],
  ['arm_32', 'arm'],
  ['x86_32', 'i386'],
]

interface Archive {
  readonly entry: TreeEntry
  readonly machines: readonly string[]
}

/** Java archives with native libraries for other platforms and none for this. */
export function judgeJars(view: PlatformView): readonly RuleHit[] {
  const abi = findAbi(view.platform)
  if (abi === undefined || !view.complete) return []
  const ownGroups = new Set<string>()
  const lacking: Archive[] = []
  for (const { path, entry, fact } of listFacts(view.inventory.tree, 'archive')) {
    if (isTestData(path)) continue
    const native = fact.members.filter((member): member is Required<ArchiveMember> => isLinuxCode(member))
    if (native.some(({ elf }) => fitsAbi(elf, abi)))
      for (const group of listBuildGroups(spellOut(path), view.platform)) ownGroups.add(group)
    else if (native.length > 0 && fact.problem === undefined && !isSystemPackage(view.findOwner(path)))
      lacking.push({ entry, machines: [...new Set(native.map(({ elf }) => nameMachine(elf)))].sort() })
  }
  return lacking
    .filter(({ entry, machines }) => !isOneOfSeveral(entry.path, machines, ownGroups))
    .map(({ entry, machines }): RuleHit => {
      const name = entry.path.slice(entry.path.lastIndexOf('/') + 1)
      return {
        platforms: [view.label],
        title: `${name} has native libraries for ${machines.slice(0, 6).join(', ')} and none for this platform`,
        subject: `jar ${view.neutralizePath(entry.path)}`,
        paths: [`/${entry.path}`],
        evidence: [
          cite(view, entry, `native libraries for ${machines.slice(0, 12).join(', ')}`, { machines }),
        ],
        advice:
          'Add the artefact with the classifier of this platform, or a version of the library that supports it; without one it throws UnsatisfiedLinkError or falls back to Java.',
      }
    })
}

/** Shared objects of a machine that OCI has a word for, on no other system than Linux. */
export function isLinuxCode({ elf, path }: ArchiveMember): boolean {
  const isLinux = elf?.osAbi === 0 || elf?.osAbi === 3
  return isLinux && elf?.architecture !== undefined && !/android|freebsd|sunos|solaris|openbsd/i.test(path)
}

/** `netty-…-linux-x86_64.jar` beside `netty-…-linux-aarch_64.jar`. */
function isOneOfSeveral(path: string, machines: readonly string[], own: ReadonlySet<string>): boolean {
  return machines.some(architecture =>
    listBuildGroups(spellOut(path), { architecture }).some(group => own.has(group)),
  )
}

function spellOut(path: string): string {
  let result = path
  for (const [classifier, word] of CLASSIFIERS) result = result.replaceAll(classifier, word)
  return result
}
