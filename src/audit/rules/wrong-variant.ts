import { findAbi, fitsAbi } from '../view/abi.js'
import type { ElfFile, PlatformView } from '../view/platform-view.js'
import { cite } from './common/describe.js'
import { hasForeignUserland } from './common/foreign-files.js'
import { readGoSetting } from './common/go-settings.js'
import { groupFiles } from './common/group-files.js'
import { isEntryProgram, isInSearchPath, isStarted, isTestData } from './common/places.js'
import { findSystemFiles } from './common/system-files.js'
import type { AuditRule, RuleHit } from './rule.js'

/**
 * `Tag_CPU_arch` (Arm's "ABI addenda", build attributes): the numbers that a processor of each variant runs. v6 stands
 * for the ARM1176 of the first Raspberry Pi, which is v6KZ and lacks v6T2.
 */
const RUNS: Readonly<Record<string, ReadonlySet<number>>> = {
  v5: new Set([0, 1, 2, 3, 4, 5]),
  v6: new Set([0, 1, 2, 3, 4, 5, 6, 7, 9]),
}
const NAMES: Readonly<Record<number, string>> = {
  6: 'ARMv6',
  7: 'ARMv6KZ',
  8: 'ARMv6T2',
  9: 'ARMv6K',
  10: 'ARMv7',
  14: 'ARMv8',
  22: 'ARMv9',
}

/** ARM code for newer processors than the platform's variant, and programs of one float ABI on a loader of the other. */
export const wrongVariant: AuditRule = {
  id: 'wrong-variant',
  scope: 'platform',
  severity: 'error',
  title: 'ARM code is for another variant than the platform',
  why: "It ends with an illegal instruction on the platform's own processors. Emulators, and newer boards, run it without complaint.",
  check: ({ views }) =>
    views
      .filter(view => view.platform.os === 'linux' && view.platform.architecture === 'arm')
      .filter(view => !hasForeignUserland(view))
      .flatMap(view => [...judgeLevel(view), ...judgeGo(view), ...judgeFloat(view)]),
}

/**
 * Attributes are the highest of all objects in a file, so that a library with faster code behind a check looks newer than
 * it is. They are trusted of the C library, the loader, the shell and what the image's own commands start.
 */
function judgeLevel(view: PlatformView): readonly RuleHit[] {
  const variant = view.platform.variant ?? 'v7'
  const runs = RUNS[variant]
  const own = findAbi(view.platform)
  if (runs === undefined || own === undefined) return []
  const system = findSystemFiles(view)
  const isNewer = ({ elf }: ElfFile) =>
    fitsAbi(elf, own) && elf.armArchitecture !== undefined && !runs.has(elf.armArchitecture)
  const newerSystem = system.filter(isNewer)
  const programs = view.entryPrograms.filter(
    file => isNewer(file) && !system.some(each => each.path === file.path),
  )
  const files = newerSystem.length > 0 ? [...newerSystem, ...programs] : programs
  if (files.length === 0) return []
  const [first] = files as [ElfFile]
  const level = nameLevel(first)
  const one = programs.length === 1 ? `/${first.path} is` : `${programs.length} programs are`
  return [
    {
      platforms: [view.label],
      title: `${newerSystem.length > 0 ? 'the userland is' : one} ${level} code, and the platform promises ${nameVariant(variant)}`,
      subject: newerSystem.length > 0 ? 'userland' : programs.map(file => file.path).join('\n'),
      paths: files.map(({ path }) => `/${path}`),
      evidence: files.map(file =>
        cite(
          view,
          file.entry,
          `its attributes say ${nameLevel(file)}${file.elf.armCpuName ? ` (${file.elf.armCpuName})` : ''}`,
          { tagCpuArch: file.elf.armArchitecture, cpuName: file.elf.armCpuName },
        ),
      ),
      advice: `Build for ${nameVariant(variant)} from a base image of that variant (Debian's armhf and most distributions need ARMv7), or publish this build as linux/arm/v7.`,
    },
  ]
}

/** Go writes no attributes, and notes GOARM instead (`go help environment`). */
function judgeGo(view: PlatformView): readonly RuleHit[] {
  const promised = Number(/^v(\d)$/.exec(view.platform.variant ?? 'v7')?.[1])
  const files = view.elfFiles.filter(file => {
    const level = Number(/^[5-9]/.exec(readGoSetting(file, 'GOARM'))?.[0] ?? 0)
    return level > promised && isStarted(view, file) && !isTestData(file.path)
  })
  return groupFiles(files, file => file.path, view, 'Go program').map((group): RuleHit => {
    const matters = group.items.some(
      file => isEntryProgram(view, file.path) || isInSearchPath(view, file.path),
    )
    return {
      platforms: [view.label],
      title: `${group.name} ${group.one ? 'is a Go program' : 'are'} built for newer processors than ${nameVariant(`v${promised}`)}`,
      subject: `GOARM ${group.subject}`,
      paths: group.items.map(({ path }) => `/${path}`),
      evidence: group.items.map(file =>
        cite(view, file.entry, `Go's build information says GOARM=${readGoSetting(file, 'GOARM')}`, {
          GOARM: readGoSetting(file, 'GOARM'),
        }),
      ),
      advice: `Build with GOARM=${promised}, from TARGETVARIANT where buildx is used.`,
      severity: matters ? 'error' : 'warning',
    }
  })
}

/** A program whose loader, or where that is missing the root's only one, passes floats in other registers. */
function judgeFloat(view: PlatformView): readonly RuleHit[] {
  const files = view.elfFiles.filter(
    file => isStarted(view, file) && findFloatConflict(view, file) !== undefined,
  )
  return groupFiles(files, file => file.path, view, 'program').map(
    (group): RuleHit => ({
      platforms: [view.label],
      title: `${group.name} ${group.one ? 'uses' : 'use'} another float ABI than the image's C library`,
      subject: `float ${group.subject}`,
      paths: group.items.map(({ path }) => `/${path}`),
      evidence: group.items.map(file =>
        cite(view, file.entry, `${file.elf.floatAbi}-float code; ${findFloatConflict(view, file)}`, {
          floatAbi: file.elf.floatAbi,
          interpreter: file.elf.interpreter,
        }),
      ),
      advice:
        'Take the build for the float ABI of the base image: gnueabihf (armhf) and gnueabi (armel) cannot be mixed.',
    }),
  )
}

/** What of the root contradicts the file's float ABI; undefined where nothing does. */
export function findFloatConflict(view: PlatformView, { elf }: ElfFile): string | undefined {
  if (elf.machine !== 40 || elf.interpreter === undefined || elf.floatAbi === undefined) return undefined
  const loader = view.resolve(elf.interpreter)?.entry.content?.elf
  if (loader !== undefined) {
    const differs = loader.floatAbi !== undefined && loader.floatAbi !== elf.floatAbi
    return differs ? `its loader is ${loader.floatAbi}-float` : undefined
  }
  if (!view.complete) return undefined
  const system = findSystemFiles(view).filter(
    file => file.elf.machine === 40 && file.elf.floatAbi !== undefined,
  )
  const other = system.find(file => file.elf.floatAbi !== elf.floatAbi)
  const hasOwn = system.some(file => file.elf.floatAbi === elf.floatAbi)
  return other === undefined || hasOwn ? undefined : `/${other.path} is ${other.elf.floatAbi}-float`
}

function nameLevel({ elf }: ElfFile): string {
  const tag = elf.armArchitecture ?? 0
  return NAMES[tag] ?? `ARM (Tag_CPU_arch ${tag})`
}

function nameVariant(variant: string): string {
  return variant.replace(/^v/, 'ARMv')
}
