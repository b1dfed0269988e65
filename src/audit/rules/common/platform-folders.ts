import type { Platform } from '../../../model/platform.js'
import { neutralizeWords } from '../../compare/neutral-words.js'
import { findAbi, fitsAbi } from '../../view/abi.js'
import type { ElfFile } from '../../view/platform-view.js'
import { oncePerView } from './per-view.js'

/** Systems and C libraries as names of builds have them; one build of many is told by these and the architecture. */
const SYSTEMS =
  /(?<![A-Za-z0-9])(?:linux-?musl|linux|lin|musl|gnu|glibc|android|freebsd|openbsd|netbsd|sunos|unknown|pc)(?![A-Za-z0-9])/gi

/** Parts of the path from which on builds of several platforms lie beside each other, neutral: a name for the group. */
export function listBuildGroups(
  path: string,
  platform: Pick<Platform, 'architecture' | 'variant'>,
): readonly string[] {
  const groups: string[] = []
  let at = 0
  while (at <= path.length) {
    const slash = path.indexOf('/', at)
    const end = slash < 0 ? path.length : slash
    const part = path.slice(at, end)
    const neutral = neutralizeWords(part, { os: 'linux', ...platform })
    if (neutral !== part && !isLoaderFolder(path.slice(0, end)))
      groups.push(path.slice(0, at) + foldSystems(neutral))
    at = end + 1
  }
  return groups
}

/** Debian's `lib/TRIPLET` is where a whole system is, and no choice of builds. */
function isLoaderFolder(path: string): boolean {
  return /^(?:usr\/(?:local\/)?)?lib\/[^/]+-linux-(?:gnu|musl)[^/]*$/.test(path)
}

function foldSystems(part: string): string {
  return part
    .replace(SYSTEMS, '‹os›')
    .replace(/(?<=‹arch›)[-_.]‹os›/g, '')
    .replace(/‹os›[-_.](?=‹os›)/g, '')
}

/** Groups of which the platform's own build is there. */
const ownGroups = oncePerView(view => {
  const own = findAbi(view.platform)
  const groups = new Set<string>()
  if (own === undefined) return groups
  for (const { path, elf } of view.elfFiles) {
    if (fitsAbi(elf, own)) for (const group of listBuildGroups(path, view.platform)) groups.add(group)
  }
  return groups
})

/** Whether the path names the file's own architecture, so that builds of other ones may be beside it. */
export function isNamedBuild({ path, elf }: ElfFile): boolean {
  return (
    elf.architecture !== undefined && listBuildGroups(path, { architecture: elf.architecture }).length > 0
  )
}

/** Whether a build for this platform lies beside a file that is named after its own one. */
export function hasOwnBuild(view: Parameters<typeof ownGroups>[0], { path, elf }: ElfFile): boolean {
  if (elf.architecture === undefined) return false
  const own = ownGroups(view)
  return listBuildGroups(path, { architecture: elf.architecture }).some(group => own.has(group))
}
