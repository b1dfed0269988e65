import type { Severity } from '../../model/audit.js'
import type { ElfFile, LibraryAnswer, PlatformView } from '../view/platform-view.js'
import { cite, count, showText } from './common/describe.js'
import { findForeignFiles } from './common/foreign-files.js'
import { isOfOtherLibc, listLoadedFiles } from './common/judged-programs.js'
import { isSystemPackage } from './common/package-architecture.js'
import { isEntryProgram, isInSearchPath } from './common/places.js'
import { findElfTwins, listOthers } from './common/twins.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Libraries that the container runtime mounts from the host beside a graphics driver. */
const MOUNTED = /^lib(?:cuda|cudadebugger|nvcuvid|nvoptix|nvidia-[\w-]+|EGL_nvidia|GLX_nvidia)\.so\b/

/** A name that the loader's search does not find. */
interface Lack {
  /** The program that does not start, or the library itself. */
  readonly file: ElfFile
  readonly kind: 'program' | 'library'
  readonly needer: ElfFile
  readonly answer: LibraryAnswer
  readonly severity: Severity
  readonly why: string
}

/** Needed libraries (DT_NEEDED) that the loader's own search does not find. */
export const missingLibrary: AuditRule = {
  id: 'missing-library',
  scope: 'platform',
  severity: 'error',
  title: 'A library that a program or library needs is missing',
  why: 'The loader ends the program before its first instruction: "error while loading shared libraries".',
  check: ({ views }) =>
    views.filter(view => view.complete).flatMap(view => describeLacks(view, listLacks(view, views))),
}

function listLacks(view: PlatformView, views: readonly PlatformView[]): readonly Lack[] {
  const { programs, others } = listLoadedFiles(view)
  const foreign = new Set(findForeignFiles(view).suspicious.map(({ file }) => file.path))
  const isExplained = ({ name, unfit }: LibraryAnswer) =>
    MOUNTED.test(name) || unfit.some(path => foreign.has(path))
  const lacks: Lack[] = []
  for (const file of programs) {
    if (isOfOtherLibc(view, file)) continue
    // Without its loader a program has no search at all.
    if (view.resolve(file.elf.interpreter ?? '')?.entry.content?.elf === undefined) continue
    for (const { needer, answer } of view.traceStart(file).missing) {
      if (isExplained(answer)) continue
      const weight = weighProgram(view, views, file, answer)
      if (weight !== undefined) lacks.push({ file, kind: 'program', needer, answer, ...weight })
    }
  }
  for (const file of others) {
    if (isOfOtherLibc(view, file)) continue
    for (const name of new Set(file.elf.needed ?? [])) {
      const answer = view.findLibrary(name, file)
      if (answer.path !== undefined || isExplained(answer)) continue
      const weight = weighLibrary(view, views, file, answer)
      if (weight !== undefined) lacks.push({ file, kind: 'library', needer: file, answer, ...weight })
    }
  }
  return lacks
}

type Weight = Pick<Lack, 'severity' | 'why'> | undefined

/** A library that lies elsewhere may be found by a script that sets LD_LIBRARY_PATH, or be loaded by full path. */
function weighProgram(
  view: PlatformView,
  views: readonly PlatformView[],
  file: ElfFile,
  { name, elsewhere }: LibraryAnswer,
): Weight {
  if (isEntryProgram(view, file.path))
    return { severity: 'error', why: "the image's own command starts this program" }
  const twins = findElfTwins(view, views, file.path)
  const lackOn = (twin: (typeof twins)[number]) =>
    twin.view.traceStart(twin.file).missing.find(each => each.name === name)?.answer
  if (elsewhere.length > 0) {
    const found = twins.find(twin => lackOn(twin) === undefined)
    return found && { severity: 'warning', why: `the loader finds it on ${found.view.label}` }
  }
  if (isInSearchPath(view, file.path)) return { severity: 'error', why: 'the program is in PATH' }
  const others = listOthers(view, views)
  const isSame = others.length > 0 && others.every(other => twins.some(t => t.view === other && lackOn(t)))
  return isSame
    ? { severity: 'note', why: 'it is the same on every platform' }
    : { severity: 'error', why: 'no file of that name is in the image' }
}

/** Plugins rely on what their program has loaded, so that only a name that is nowhere is a lack. */
function weighLibrary(
  view: PlatformView,
  views: readonly PlatformView[],
  file: ElfFile,
  { name, elsewhere }: LibraryAnswer,
): Weight {
  const found = findElfTwins(view, views, file.path).find(twin => {
    const answer = twin.view.findLibrary(name, twin.file)
    const needs = twin.file.elf.needed?.includes(name) === true
    return needs && (answer.path !== undefined || (elsewhere.length === 0 && answer.elsewhere.length > 0))
  })
  if (found !== undefined) return { severity: 'warning', why: `it is there on ${found.view.label}` }
  if (elsewhere.length > 0) return undefined
  // Distributions ship plugins whose libraries are only suggested.
  if (isSystemPackage(view.findOwner(file.path))) return undefined
  return { severity: 'note', why: 'no file of that name is in the image' }
}

function describeLacks(view: PlatformView, lacks: readonly Lack[]): readonly RuleHit[] {
  const groups = new Map<string, Lack[]>()
  for (const lack of lacks) {
    const key = `${lack.severity} ${lack.kind} ${lack.answer.name}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [lack])
    else known.push(lack)
  }
  return [...groups.values()].map((members): RuleHit => {
    const [{ kind, answer, severity, file }] = members as [Lack]
    const name = showText(answer.name)
    const files = new Set(members.map(each => each.file.path))
    const nouns = kind === 'program' ? count(files.size, 'program') : `${files.size} libraries`
    return {
      platforms: [view.label],
      title: `${files.size === 1 ? `/${file.path} needs` : `${nouns} need`} ${name}, which the loader does not find`,
      subject: `${kind} ${view.neutralizePath(answer.name)}`,
      paths: [...files].map(path => `/${path}`),
      evidence: members.map(lack => citeLack(view, lack)),
      advice:
        answer.elsewhere.length > 0
          ? `Put the folder of ${showText(`/${answer.elsewhere[0]}`)} where this platform's loader looks (a run path with $ORIGIN, ld.so.conf and ldconfig, or LD_LIBRARY_PATH in the image's env).`
          : `Install the package that holds ${name} on this platform too, or copy the library with the program.`,
      severity,
    }
  })
}

function citeLack(view: PlatformView, { file, needer, answer, why }: Lack) {
  const by = needer.path === file.path ? 'it' : `/${needer.path}, which it loads,`
  const more = [
    answer.unfit.length > 0 ? `/${answer.unfit[0]} does not fit` : '',
    answer.elsewhere.length > 0 ? `/${answer.elsewhere[0]} is not where the loader looks` : '',
  ].filter(Boolean)
  const text = `${by} needs ${answer.name}; ${[...more, why].join('; ')}`
  return cite(view, file.entry, showText(text), {
    library: answer.name,
    needer: `/${needer.path}`,
    searched: answer.searched.slice(0, 32),
    unfit: answer.unfit.slice(0, 8),
    elsewhere: answer.elsewhere.slice(0, 8),
  })
}
