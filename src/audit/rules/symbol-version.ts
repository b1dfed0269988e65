import { nameLoaderLibc } from '../view/libc.js'
import type { ElfFile, PlatformView } from '../view/platform-view.js'
import { cite, count, showText } from './common/describe.js'
import { isOfOtherLibc, listLibcs, listLoadedFiles } from './common/judged-programs.js'
import { compareVersions, findHighest } from './common/symbol-versions.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Versions that a file needs of a library, and that the library which the loader finds does not define. */
interface Gap {
  readonly file: ElfFile
  readonly kind: 'program' | 'library'
  readonly needer: ElfFile
  readonly provider: ElfFile
  readonly name: string
  readonly lacking: readonly string[]
}

/** Symbol versions above what the image's libraries define (gABI extension "Symbol Versioning"; glibc `dl-version.c`). */
export const symbolVersion: AuditRule = {
  id: 'symbol-version',
  scope: 'platform',
  severity: 'error',
  title: 'A program needs a newer version of a library than the image has',
  why: 'The loader ends the program at its start: "version `GLIBC_2.38\' not found". The program was built on a newer system than this platform\'s base image.',
  check: ({ views }) => views.flatMap(view => describeGaps(view, listGaps(view))),
}

function listGaps(view: PlatformView): readonly Gap[] {
  const { programs, others } = listLoadedFiles(view)
  const gaps: Gap[] = []
  const seen = new Set<string>()
  for (const file of programs) {
    // musl takes every version for the default one.
    if (nameLoaderLibc(file.elf.interpreter ?? '') !== 'glibc' || isOfOtherLibc(view, file)) continue
    for (const { needer, name, file: provider } of view.traceStart(file).links) {
      const lacking = listLacking(needer, name, provider)
      // One library that is too new would be told once for each of its programs.
      const key = `${needer.path}\n${provider.path}`
      if (lacking.length === 0 || seen.has(key)) continue
      seen.add(key)
      gaps.push({ file, kind: 'program', needer, provider, name, lacking })
    }
  }
  if (!listLibcs(view).has('glibc')) return gaps
  for (const file of others) {
    for (const name of Object.keys(file.elf.versionNeeds ?? {})) {
      const found = view.findLibrary(name, file).path
      const entry = found === undefined ? undefined : view.inventory.tree.get(found)
      const elf = entry?.content?.elf
      if (found === undefined || entry === undefined || elf === undefined) continue
      const provider = { path: found, entry, elf }
      const lacking = listLacking(file, name, provider)
      if (lacking.length > 0) gaps.push({ file, kind: 'library', needer: file, provider, name, lacking })
    }
  }
  return gaps
}

const definitions = new WeakMap<object, ReadonlySet<string>>()

function listLacking({ elf }: ElfFile, name: string, provider: ElfFile): readonly string[] {
  const needs = elf.versionNeeds
  const wanted = needs !== undefined && Object.hasOwn(needs, name) ? (needs[name] ?? []) : []
  const defined = provider.elf.versionDefinitions
  // Of a library without versions the loader only warns.
  if (wanted.length === 0 || defined === undefined || defined.length === 0) return []
  let set = definitions.get(provider.elf)
  if (set === undefined) {
    set = new Set(defined)
    definitions.set(provider.elf, set)
  }
  const known = set
  return wanted.filter(version => !known.has(version))
}

function describeGaps(view: PlatformView, gaps: readonly Gap[]): readonly RuleHit[] {
  const groups = new Map<string, Gap[]>()
  for (const gap of gaps) {
    const key = `${gap.kind} ${gap.provider.path}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [gap])
    else known.push(gap)
  }
  return [...groups.values()].map((members): RuleHit => {
    const [{ kind, provider, name, needer }] = members as [Gap]
    const files = new Map(members.flatMap(gap => [gap.needer, gap.file]).map(file => [file.path, file]))
    const needers = new Set(members.map(gap => gap.needer.path))
    const highest = findHighest(members.flatMap(gap => gap.lacking)) ?? ''
    const best = findHighest(provider.elf.versionDefinitions ?? [], highest)
    const who = needers.size === 1 ? `/${needer.path} needs` : `${count(needers.size, 'file')} need`
    return {
      platforms: [view.label],
      title: `${who} ${showText(highest)} of ${showText(name)}, and this platform's has ${best === undefined ? 'no such version' : `${showText(best)} at most`}`,
      subject: `${kind} ${view.neutralizePath(name)}`,
      paths: [...files.keys()].map(path => `/${path}`),
      evidence: members.map(gap =>
        cite(
          view,
          gap.needer.entry,
          showText(
            `needs ${[...gap.lacking].sort(compareVersions).slice(-4).join(', ')} of ${gap.name}, which is /${gap.provider.path}${gap.file.path === gap.needer.path ? '' : `; /${gap.file.path} loads it`}`,
          ),
          { library: gap.name, provider: `/${gap.provider.path}`, lacking: gap.lacking.slice(0, 16) },
        ),
      ),
      advice:
        'Build in an image with the same or an older base than the one that it runs in, on every platform, or take a newer base image.',
      severity: kind === 'program' ? 'error' : 'warning',
    }
  })
}
