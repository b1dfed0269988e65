import { listLoadableModules } from '../audit/compare/native-modules.js'
import { listLoadedFiles } from '../audit/rules/common/judged-programs.js'
import { isEntryProgram } from '../audit/rules/common/places.js'
import type { ElfFile, PlatformView } from '../audit/view/platform-view.js'
import { compareText, formatPlatform, type Platform } from '../model/platform.js'
import {
  type BuiltinPlan,
  INTERPRETERS,
  type Interpreter,
  type ModuleGroup,
  type PlannedModule,
  type PlannedProgram,
  type ProgramGroup,
} from './builtin-plan.js'
import { nameModule } from './name-module.js'
import { planJars } from './plan-jars.js'

/** More programs or modules than this are not asked: each costs a process on every platform. */
const MAX_PROGRAMS = 300
const MAX_MODULES = 400
/** Asked in one check; more make it outlast its time on a slow platform. */
const GROUP = 40

/** Programs that the interpreters are known by, the usual one first. */
const COMMANDS: Readonly<Record<Interpreter, readonly string[]>> = {
  python: ['python3', 'python', 'pypy3'],
  node: ['node', 'nodejs'],
  perl: ['perl'],
  ruby: ['ruby'],
  php: ['php'],
  java: ['java'],
}

const LANGUAGES: Readonly<Record<string, Interpreter>> = {
  Python: 'python',
  Node: 'node',
  Perl: 'perl',
  Ruby: 'ruby',
  PHP: 'php',
}

/** Both, since an index may list one manifest for two platforms: only to one of them its files belong. */
export const nameBuiltinPlan = (platform: Platform, digest: string): string =>
  `${formatPlatform(platform)} ${digest}`

/**
 * Works out what the built-in suites ask of each platform, by `nameBuiltinPlan`: the union of what the platforms have, so that
 * each is asked the same. Pure.
 */
export function planBuiltin(views: readonly PlatformView[]): ReadonlyMap<string, BuiltinPlan> {
  const programs = planPrograms(views)
  const modules = planModules(views)
  const interpreters = INTERPRETERS.filter(each => views.some(view => findInterpreter(view, each)))
  const jars = planJars(views, view => findInterpreter(view, 'java') !== undefined)
  const omitted = { programs: programs.omitted, modules: modules.omitted, libraries: jars.omitted }
  return new Map(
    views.map((view, index) => [
      nameBuiltinPlan(view.inventory.image.platform, view.inventory.image.manifest.digest),
      {
        programs: programs.groups[index] ?? [],
        modules: modules.groups[index] ?? [],
        jars: jars.groups[index] ?? [],
        interpreters: interpreters.map(interpreter => {
          const path = findInterpreter(view, interpreter)
          return path === undefined ? { interpreter } : { interpreter, path }
        }),
        omitted,
      },
    ]),
  )
}

/** By the name under which it is found: one that is a link to a wrapper must see its own name. */
function findInterpreter(view: PlatformView, interpreter: Interpreter): string | undefined {
  for (const command of COMMANDS[interpreter]) {
    for (const folder of view.searchPath) {
      const path = `${folder.replace(/\/+$/, '')}/${command}`
      if (path.startsWith('/') && view.resolve(path)?.entry.content !== undefined) return path
    }
  }
  return undefined
}

interface Planned<T> {
  /** By the place of the platform. */
  readonly groups: readonly (readonly T[])[]
  readonly omitted: number
}

/**
 * One program of each kind is asked, on every platform that has it: the loader's answer depends on nothing but what a
 * file says of its libraries. Whether a platform lacks a program is the static audit's question.
 */
function planPrograms(views: readonly PlatformView[]): Planned<ProgramGroup> {
  const chosen = new Map<string, boolean>()
  for (const view of views) {
    const kinds = new Set<string>()
    const files = listLoadedFiles(view).programs
    const isEntry = ({ path }: ElfFile) => isEntryProgram(view, path)
    for (const file of [...files.filter(isEntry), ...files]) {
      const name = view.neutralizePath(file.path)
      const kind = describeNeeds(file)
      if (kinds.has(kind) && !isEntry(file)) continue
      kinds.add(kind)
      chosen.set(name, isEntry(file) || chosen.get(name) === true)
    }
  }
  // The image's own command is never what is left out.
  const names = [...chosen.keys()].sort(
    (a, b) => Number(chosen.get(b)) - Number(chosen.get(a)) || compareText(a, b),
  )
  const asked = names.slice(0, MAX_PROGRAMS)
  const groups = groupBy(asked, name => `/${name.slice(0, Math.max(0, name.lastIndexOf('/')))}`)
  const perView = views.map(view => {
    const byName = new Map<string, ElfFile>()
    for (const file of view.elfFiles) {
      // Also one of another machine: that the image's loader does not take it is what is to be seen.
      if (file.elf.interpreter !== undefined) byName.set(view.neutralizePath(file.path), file)
    }
    return groups.map(
      ({ name: folder, members }): ProgramGroup => ({
        name: `programs in ${folder}`,
        programs: members.map((name): PlannedProgram => {
          const file = byName.get(name)
          const loader = file?.elf.interpreter
          return file === undefined || loader === undefined
            ? { name }
            : { name, path: `/${file.path}`, loader }
        }),
      }),
    )
  })
  return { groups: perView, omitted: names.length - asked.length }
}

/** What the loader's answer depends on. */
function describeNeeds({ path, elf }: ElfFile): string {
  const { interpreter, needed, rpath, runpath, versionNeeds, noDefaultLib } = elf
  const isRelative = [...(rpath ?? []), ...(runpath ?? [])].some(each => !each.startsWith('/'))
  const folder = isRelative ? path.slice(0, path.lastIndexOf('/') + 1) : ''
  return JSON.stringify([interpreter, needed, rpath, runpath, versionNeeds, noDefaultLib, folder])
}

function planModules(views: readonly PlatformView[]): Planned<ModuleGroup> {
  const perView = views.map(listModules)
  const all = new Map<string, FoundModule>()
  for (const [name, found] of perView.flatMap(modules => [...modules]))
    if (!all.has(name)) all.set(name, found)
  const names = [...all.keys()].sort(compareText)
  const asked = names.slice(0, MAX_MODULES)
  const groups = groupBy(asked, name => all.get(name)?.group ?? '')
  return {
    groups: perView.map(modules =>
      groups.map(
        ({ name: title, members }): ModuleGroup => ({
          name: title,
          interpreter: all.get(members[0] ?? '')?.interpreter ?? 'python',
          modules: members.map((name): PlannedModule => {
            const load = modules.get(name)?.load
            return load === undefined ? { name, elsewhere: `/${all.get(name)?.path}` } : { name, load }
          }),
        }),
      ),
    ),
    omitted: names.length - asked.length,
  }
}

interface FoundModule {
  readonly interpreter: Interpreter
  readonly group: string
  readonly load: string
  readonly path: string
}

function listModules(view: PlatformView): ReadonlyMap<string, FoundModule> {
  const found = new Map<string, FoundModule>()
  for (const [neutral, { path, language }] of listLoadableModules(view)) {
    const interpreter = LANGUAGES[language]
    // Without its interpreter nobody can load it here.
    if (interpreter === undefined || findInterpreter(view, interpreter) === undefined) continue
    const named = nameModule(interpreter, path, neutral)
    if (named !== undefined) found.set(`${interpreter} ${named.name}`, { interpreter, path, ...named })
  }
  return found
}

/** Groups in the order of their names, long ones in parts. */
function groupBy(
  names: readonly string[],
  nameGroup: (name: string) => string,
): { readonly name: string; readonly members: readonly string[] }[] {
  const groups = new Map<string, string[]>()
  for (const name of [...names].sort(compareText)) {
    const group = nameGroup(name)
    groups.set(group, [...(groups.get(group) ?? []), name])
  }
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, members]) => {
      const parts = Math.ceil(members.length / GROUP)
      return Array.from({ length: parts }, (_, part) => ({
        name: parts === 1 ? name : `${name}, part ${part + 1} of ${parts}`,
        members: members.slice(part * GROUP, (part + 1) * GROUP),
      }))
    })
}
