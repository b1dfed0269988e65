import type { Severity } from '../../model/audit.js'
import { findAbi, fitsAbi } from '../view/abi.js'
import { detectLibc } from '../view/libc.js'
import type { ElfFile, PlatformView } from '../view/platform-view.js'
import { cite } from './common/describe.js'
import { groupFiles } from './common/group-files.js'
import { isOfOtherLibc, listLibcs, listLoadedFiles } from './common/judged-programs.js'
import { oncePerView } from './common/per-view.js'
import { isModule } from './common/places.js'
import { listBuildGroups } from './common/platform-folders.js'
import type { AuditRule, RuleHit } from './rule.js'

interface Mismatch {
  readonly file: ElfFile
  readonly kind: 'program' | 'module' | 'library'
  readonly severity: Severity
}

/** glibc's programs and modules where only musl is, and the reverse. */
export const libcMismatch: AuditRule = {
  id: 'libc-mismatch',
  scope: 'platform',
  severity: 'error',
  title: "Code is built for another C library than the image's",
  why: 'Its loader is not there ("no such file or directory"), or it does not find its symbols ("Error relocating …: symbol not found").',
  check: ({ views }) => views.filter(view => view.complete).flatMap(describeView),
}

function describeView(view: PlatformView): readonly RuleHit[] {
  const { programs, others } = listLoadedFiles(view)
  const wrong = [...programs, ...others].filter(
    file => isOfOtherLibc(view, file) && !hasBuildForOwnLibc(view, file),
  )
  const mismatches = wrong.map((file): Mismatch => {
    if (file.elf.interpreter !== undefined) return { file, kind: 'program', severity: 'error' }
    if (isModule(file.path)) return { file, kind: 'module', severity: 'error' }
    return { file, kind: 'library', severity: 'warning' }
  })
  const has = [...listLibcs(view)].join(' and ')
  return (['program', 'module', 'library'] as const).flatMap(kind => {
    const members = mismatches.filter(each => each.kind === kind)
    return groupFiles(members, ({ file }) => file.path, view).map((group): RuleHit => {
      const [{ file, severity }] = group.items as [Mismatch]
      const libc = detectLibc(file.elf)
      return {
        platforms: [view.label],
        title: `${group.name} ${group.one ? 'is' : 'are'} built for ${libc}, and the image has ${has}`,
        subject: `${kind} ${group.subject}`,
        paths: group.items.map(each => `/${each.file.path}`),
        evidence: group.items.map(each =>
          cite(view, each.file.entry, `asks for ${describeNeeds(each.file)}`, {
            interpreter: each.file.elf.interpreter,
            needed: each.file.elf.needed?.slice(0, 16),
            libc,
            image: [...listLibcs(view)],
          }),
        ),
        advice:
          kind === 'module'
            ? `Install the dependencies inside an image with ${has}, on each platform; do not copy them from one with ${libc}.`
            : `Take the build for ${has}, link it statically, or base this platform on an image with ${libc}.`,
        severity,
      }
    })
  })
}

function describeNeeds({ elf }: ElfFile): string {
  const libraries = (elf.needed ?? []).filter(name => /^libc\.|^ld[-.]/.test(name))
  return [...(elf.interpreter === undefined ? [] : [elf.interpreter]), ...libraries].slice(0, 4).join(', ')
}

/** Groups of builds of which one is there that the image's own C library loads. */
const ownBuilds = oncePerView(view => {
  const own = findAbi(view.platform)
  const groups = new Set<string>()
  if (own === undefined) return groups
  for (const file of view.elfFiles) {
    if (!fitsAbi(file.elf, own) || isOfOtherLibc(view, file)) continue
    for (const group of listBuildGroups(file.path, view.platform)) groups.add(group)
  }
  return groups
})

/** `linuxmusl-x64` beside `linux-x64`: packages ship both, and load the one that fits. */
function hasBuildForOwnLibc(view: PlatformView, { path, elf }: ElfFile): boolean {
  if (elf.interpreter !== undefined && !path.includes('node_modules/')) return false
  return listBuildGroups(path, view.platform).some(group => ownBuilds(view).has(group))
}
