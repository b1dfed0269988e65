import { compareText } from '../../model/platform.js'
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

/** Files that ask too much of the same libraries were built on the same system, and are one finding. */
function describeGaps(view: PlatformView, gaps: readonly Gap[]): readonly RuleHit[] {
  const byNeeder = new Map<string, Gap[]>()
  for (const gap of gaps) add(byNeeder, `${gap.kind} ${gap.needer.path}`, gap)
  const groups = new Map<string, Gap[]>()
  for (const own of byNeeder.values()) {
    const providers = own.map(gap => gap.provider.path).sort(compareText)
    for (const gap of own) add(groups, `${gap.kind} ${providers.join(' ')}`, gap)
  }
  return [...groups.values()].map(members => describeGroup(view, members))
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [item])
  else known.push(item)
}

function describeGroup(view: PlatformView, gaps: readonly Gap[]): RuleHit {
  const [{ kind, needer }] = gaps as [Gap]
  const files = new Map(gaps.flatMap(gap => [gap.needer, gap.file]).map(file => [file.path, file]))
  const needers = new Set(gaps.map(gap => gap.needer.path))
  const names = [...new Set(gaps.map(gap => gap.name))].sort(compareText)
  const wants = names.slice(0, 3).map(name => {
    const own = gaps.filter(gap => gap.name === name)
    const highest = findHighest(own.flatMap(gap => gap.lacking)) ?? ''
    const best = findHighest(own[0]?.provider.elf.versionDefinitions ?? [], highest)
    const has = best === undefined ? 'has no such version' : `has ${showText(best)} at most`
    return `${showText(highest)} of ${showText(name)}, which ${has}`
  })
  const who = needers.size === 1 ? `/${needer.path} needs` : `${count(needers.size, 'file')} need`
  return {
    platforms: [view.label],
    title: `${who} ${wants.join(', and ')}`,
    subject: `${kind} ${names.map(name => view.neutralizePath(name)).join(' ')}`,
    paths: [...files.keys()].map(path => `/${path}`),
    evidence: gaps.map(gap => citeGap(view, gap)),
    advice:
      'Build in an image with the same or an older base than the one that it runs in, on every platform, or take a newer base image.',
    severity: kind === 'program' ? 'error' : 'warning',
  }
}

function citeGap(view: PlatformView, { file, needer, provider, name, lacking }: Gap) {
  const versions = [...lacking].sort(compareVersions).slice(-4).join(', ')
  const loader = file.path === needer.path ? '' : `; /${file.path} loads it`
  const text = `/${needer.path} needs ${versions} of ${name}, which is /${provider.path}${loader}`
  return cite(view, needer.entry, showText(text), {
    library: name,
    provider: `/${provider.path}`,
    lacking: lacking.slice(0, 16),
  })
}
