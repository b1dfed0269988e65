import type { ElfFile, PlatformView } from '../view/platform-view.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Loaders choose among these at run time, by what the processor has (glibc's `glibc-hwcaps`, its older `haswell`). */
const CHOSEN_AT_RUN_TIME =
  /(?:^|\/)(?:glibc-hwcaps|haswell|xeon_phi|avx512_1|power[89]|power1\d|z1\d|tls\/\w+)\//

/** What a file demands of the processor, beyond the platform's baseline. */
interface Demand {
  readonly file: ElfFile
  readonly needs: string
  readonly mark: string
}

/** Code that is marked as needing newer processors than the platform promises. */
export const isaLevel: AuditRule = {
  id: 'isa-level',
  scope: 'platform',
  severity: 'error',
  title: 'Code needs newer processors than the platform promises',
  why: 'On older processors of the same platform it stops with "CPU ISA level is lower than required" or an illegal instruction; emulators and build machines do not show it.',
  check: ({ views }) =>
    views.flatMap(view => {
      const groups = new Map<string, Demand[]>()
      for (const demand of findDemands(view)) {
        const key = `${demand.needs}\0${demand.mark}`
        groups.set(key, [...(groups.get(key) ?? []), demand])
      }
      return [...groups.values()].map(demands => describeDemands(view, demands))
    }),
}

function findDemands(view: PlatformView): Demand[] {
  const { architecture, variant } = view.platform
  const files = view.elfFiles.filter(({ path }) => !CHOSEN_AT_RUN_TIME.test(path))
  if (architecture === 'amd64') {
    const promised = Number(/^v([1-4])$/.exec(variant ?? '')?.[1] ?? 1)
    return files.flatMap((file): Demand[] => {
      const { elf } = file
      if (elf.architecture !== 'amd64') return []
      const marked = elf.x86IsaLevel ?? 1
      if (marked > promised)
        return [{ file, needs: `x86-64-v${marked}`, mark: 'GNU_PROPERTY_X86_ISA_1_NEEDED' }]
      const go = Number(/^v([1-4])$/.exec(elf.go?.settings.GOAMD64 ?? '')?.[1] ?? 1)
      return go > promised ? [{ file, needs: `x86-64-v${go}`, mark: `GOAMD64=v${go}` }] : []
    })
  }
  if (architecture !== 'ppc64le') return []
  return files.flatMap((file): Demand[] => {
    const level = Number(/^power(\d+)$/.exec(file.elf.go?.settings.GOPPC64 ?? '')?.[1] ?? 8)
    return level > 8 ? [{ file, needs: `POWER${level}`, mark: `GOPPC64=power${level}` }] : []
  })
}

function describeDemands(view: PlatformView, demands: readonly Demand[]): RuleHit {
  const { label, platform } = view
  const [first] = demands as [Demand]
  const paths = demands.map(({ file }) => `/${file.path}`)
  const what = paths.length === 1 ? paths[0] : `${paths.length} files`
  const promised = platform.architecture === 'amd64' ? `x86-64-${platform.variant ?? 'v1'}` : 'POWER8'
  return {
    platforms: [label],
    title: `${what} of ${label} ${paths.length === 1 ? 'needs' : 'need'} ${first.needs}, above the platform's ${promised}`,
    subject: `${first.needs}\0${paths.join('\0')}`,
    paths,
    evidence: demands.map(({ file, needs, mark }) => ({
      platform: label,
      path: `/${file.path}`,
      text: `/${file.path} is marked as needing ${needs} (${mark})`,
      data: { needs, mark, promised, layer: file.entry.layer },
    })),
    advice: `Build for ${promised} (drop -march, GOAMD64 or GOPPC64), choose the faster code at run time, or list this build under a variant of its own.`,
    // POWER8 is Go's and most distributions' floor, and not a promise of the image-spec.
    ...(platform.architecture === 'ppc64le' ? { severity: 'warning' as const } : {}),
  }
}
