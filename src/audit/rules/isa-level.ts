import type { ElfFile, PlatformView } from '../view/platform-view.js'
import { cite } from './common/describe.js'
import { readGoSetting } from './common/go-settings.js'
import { isEntryProgram, isTestData } from './common/places.js'
import { findSystemFiles } from './common/system-files.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Loaders and libraries choose among these at run time, by what the processor has. */
const CHOSEN_AT_RUN_TIME =
  /(?:^|\/)(?:glibc-hwcaps|haswell|xeon_phi|avx512_1|power[89]|power1\d|z1\d|tls\/\w+)\/|(?<![A-Za-z0-9])(?:x86[-_]64[-_]?v[234]|avx2|avx512\w*|skylake[-_]?avx512|haswell)(?![A-Za-z0-9])/i

/** What a file demands of the processor, beyond the platform's baseline. */
interface Demand {
  readonly file: ElfFile
  readonly level: number
  readonly needs: string
  readonly mark: string
}

/** Go's names of levels above the first that a platform's processors all have (`go help environment`). */
const GO_LEVELS: ReadonlyMap<
  string,
  { readonly setting: string; readonly name: string; readonly base: number }
> = new Map([
  ['ppc64le', { setting: 'GOPPC64', name: 'POWER', base: 8 }],
  ['riscv64', { setting: 'GORISCV64', name: 'RVA', base: 20 }],
])

/** Code that is marked as needing newer processors than the platform promises. */
export const isaLevel: AuditRule = {
  id: 'isa-level',
  scope: 'platform',
  severity: 'error',
  title: 'Code needs newer processors than the platform promises',
  why: 'On older processors of the same platform it stops with "CPU ISA level is lower than required" or an illegal instruction; emulators and build machines do not show it.',
  check: ({ views }) =>
    views.flatMap(view => {
      const demands = findDemands(view)
      const system = new Set(findSystemFiles(view).map(({ path }) => path))
      // Where the C library itself asks for it, the distribution does, and all of its files with it.
      const base = Math.max(0, ...demands.filter(({ file }) => system.has(file.path)).map(each => each.level))
      const groups = new Map<string, Demand[]>()
      for (const demand of demands) {
        const key = demand.level <= base ? 'userland' : `${demand.needs} ${demand.mark}`
        const known = groups.get(key)
        if (known === undefined) groups.set(key, [demand])
        else known.push(demand)
      }
      return [...groups].map(([key, members]) => describeDemands(view, members, key === 'userland'))
    }),
}

function findDemands(view: PlatformView): Demand[] {
  const { architecture, variant } = view.platform
  const files = view.elfFiles.filter(
    ({ path, elf }) =>
      elf.architecture === architecture &&
      elf.type !== 'relocatable' &&
      elf.type !== 'core' &&
      (isEntryProgram(view, path) || (!CHOSEN_AT_RUN_TIME.test(path) && !isTestData(path))),
  )
  if (architecture === 'amd64') {
    const promised = Number(/^v([1-4])$/.exec(variant ?? '')?.[1] ?? 1)
    return files.flatMap((file): Demand[] => {
      const marked = file.elf.x86IsaLevel ?? 1
      if (marked > promised)
        return [{ file, level: marked, needs: `x86-64-v${marked}`, mark: 'GNU_PROPERTY_X86_ISA_1_NEEDED' }]
      const go = Number(/^v([1-4])/.exec(readGoSetting(file, 'GOAMD64'))?.[1] ?? 1)
      return go > promised ? [{ file, level: go, needs: `x86-64-v${go}`, mark: `GOAMD64=v${go}` }] : []
    })
  }
  const go = GO_LEVELS.get(architecture)
  if (go === undefined) return []
  return files.flatMap((file): Demand[] => {
    const level = Number(/^[a-z]+(\d{1,2})/.exec(readGoSetting(file, go.setting))?.[1] ?? go.base)
    const needs = `${go.name}${level}`
    return level > go.base ? [{ file, level, needs, mark: `${go.setting} for ${needs}` }] : []
  })
}

function describeDemands(view: PlatformView, demands: readonly Demand[], isUserland: boolean): RuleHit {
  const { platform } = view
  const highest = demands.reduce((best, each) => (each.level > best.level ? each : best))
  const one = demands.length === 1 && !isUserland
  const name = isUserland ? 'the userland' : one ? `/${highest.file.path}` : `${demands.length} files`
  const verb = one || isUserland ? 'needs' : 'need'
  const isAmd64 = platform.architecture === 'amd64'
  const go = GO_LEVELS.get(platform.architecture)
  const promised = isAmd64 ? `x86-64-${platform.variant ?? 'v1'}` : `${go?.name}${go?.base}`
  return {
    platforms: [view.label],
    title: `${name} ${verb} ${highest.needs}, above the platform's ${promised}`,
    subject: isUserland
      ? 'userland'
      : `${highest.needs} ${demands.map(({ file }) => view.neutralizePath(file.path)).join('\n')}`,
    paths: demands.map(({ file }) => `/${file.path}`),
    evidence: demands.map(({ file, needs, mark }) =>
      cite(view, file.entry, `is marked as needing ${needs} (${mark})`, { needs, mark, promised }),
    ),
    advice: isUserland
      ? `Take a base image for ${promised}, or publish this build as ${platform.os}/${platform.architecture}/v${highest.level}.`
      : `Build for ${promised} (drop -march, GOAMD64 and the like), choose the faster code at run time, or list this build under a variant of its own.`,
    // A distribution's own level is chosen with it, and Go's floor elsewhere is no promise of the image-spec.
    ...(isUserland || !isAmd64 ? { severity: 'warning' as const } : {}),
  }
}
