import { runsBesides } from '../view/abi.js'
import type { ElfFile, PlatformView } from '../view/platform-view.js'
import { cite, nameMachine } from './common/describe.js'
import { type ForeignFile, findForeignFiles } from './common/foreign-files.js'
import { groupFiles } from './common/group-files.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Files of another machine than the platform's, but for those that have a reason (`FOREIGN_REASONS`). */
export const foreignElf: AuditRule = {
  id: 'foreign-elf',
  scope: 'platform',
  severity: 'error',
  title: 'Code is for another architecture than the platform',
  why: 'It does not start on a real machine of the platform. Where an emulator or another kernel is at hand it runs all the same, so that tests pass on the build machine.',
  check: ({ views, foreignPrograms }) =>
    views.flatMap(view => {
      const { userland, suspicious } = findForeignFiles(view)
      if (userland.length > 0) return [describeUserland(view, userland)]
      const named = suspicious.filter(({ file }) => !isAllowed(file.path, foreignPrograms))
      return describeFiles(view, named)
    }),
}

function isAllowed(path: string, patterns: readonly string[]): boolean {
  const absolute = `/${path}`
  return patterns.some(pattern =>
    pattern.endsWith('*') ? absolute.startsWith(pattern.slice(0, -1)) : absolute === pattern,
  )
}

function describeUserland(view: PlatformView, userland: readonly ElfFile[]): RuleHit {
  const { fitting, foreign } = findForeignFiles(view)
  const machines = [...new Set(userland.map(({ elf }) => nameMachine(elf)))]
  const files = new Map([...userland, ...view.entryPrograms].map(file => [file.path, file]))
  const kept =
    fitting === 0 ? '' : `; ${fitting} of ${fitting + foreign} are ${view.platform.architecture} code`
  return {
    platforms: [view.label],
    title: `the whole userland is ${machines.join(' and ')} code`,
    subject: 'userland',
    paths: [...files.keys()].map(path => `/${path}`),
    evidence: [...files.values()].map(file =>
      cite(view, file.entry, `${nameMachine(file.elf)} code${kept}`, describeElf(file)),
    ),
    advice:
      'Build this platform from a base image of its own: look for a FROM with the digest or the `--platform` of another one, a reused build cache, or a manifest added to the wrong entry of the index.',
  }
}

function describeFiles(view: PlatformView, files: readonly ForeignFile[]): readonly RuleHit[] {
  const classes = new Map<string, ForeignFile[]>()
  for (const each of files) {
    const key = `${each.severity} ${each.kind} ${nameMachine(each.file.elf)}`
    classes.set(key, [...(classes.get(key) ?? []), each])
  }
  return [...classes.values()].flatMap(members => {
    const [{ kind, severity, file: first }] = members as [ForeignFile]
    const machine = nameMachine(first.elf)
    return groupFiles(members, ({ file }) => file.path, view, kind.replace('library', 'librarie')).map(
      (group): RuleHit => ({
        platforms: [view.label],
        title: group.one ? `${group.name} is a ${kind} for ${machine}` : `${group.name} are ${machine} code`,
        subject: `${kind} ${group.subject}`,
        paths: group.items.map(({ file }) => `/${file.path}`),
        evidence: group.items.map(({ file, why }) =>
          cite(view, file.entry, `${machine} code; ${why}`, describeElf(file)),
        ),
        advice: adviseOn(kind, first, view),
        severity,
      }),
    )
  })
}

function adviseOn(kind: ForeignFile['kind'], file: ElfFile, view: PlatformView): string {
  if (runsBesides(file.elf, view.platform))
    return 'Ship a 64-bit build if the image is to run on kernels without IA32 emulation, and inside most virtual machines for containers.'
  if (kind === 'module')
    return 'Install dependencies on, or for, each platform: never copy node_modules or site-packages between platforms or from the build machine.'
  return 'Look for a download, COPY or build step that names one architecture; take the name from TARGETARCH. Where it is meant to be there, add its path to `foreignPrograms`.'
}

function describeElf({ elf }: ElfFile): Readonly<Record<string, unknown>> {
  const { machine, bits, endianness, architecture, type } = elf
  return { machine, bits, endianness, architecture, type }
}
