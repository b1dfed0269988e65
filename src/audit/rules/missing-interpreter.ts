import { fitsAbi } from '../view/abi.js'
import type { ElfFile, PlatformView } from '../view/platform-view.js'
import { cite, nameMachine, showText } from './common/describe.js'
import { groupFiles } from './common/group-files.js'
import { isOfOtherLibc, listLoadedFiles } from './common/judged-programs.js'
import type { AuditRule, RuleHit } from './rule.js'
import { findFloatConflict } from './wrong-variant.js'

/** Programs whose loader (PT_INTERP) is not in the root, or is another machine's. */
export const missingInterpreter: AuditRule = {
  id: 'missing-interpreter',
  scope: 'platform',
  severity: 'error',
  title: 'The loader that a program asks for is missing',
  why: 'The kernel answers "no such file or directory" although the program is there; under an emulator it says "Could not open \'/lib/ld-…\'" and exits with 255.',
  check: ({ views }) =>
    views.flatMap(view => {
      const byFault = new Map<string, { readonly fault: string; readonly files: ElfFile[] }>()
      for (const file of listLoadedFiles(view).programs) {
        const fault = findFault(view, file)
        if (fault === undefined) continue
        const key = `${file.elf.interpreter}\n${fault}`
        const known = byFault.get(key)
        if (known === undefined) byFault.set(key, { fault, files: [file] })
        else known.files.push(file)
      }
      return [...byFault.values()].flatMap(({ fault, files }) => describeFiles(view, fault, files))
    }),
}

function findFault(view: PlatformView, file: ElfFile): string | undefined {
  const { interpreter } = file.elf
  if (interpreter === undefined) return undefined
  const found = view.resolve(interpreter)
  if (found === undefined) {
    const explained = isOfOtherLibc(view, file) || findFloatConflict(view, file) !== undefined
    return view.complete && !explained ? 'is not in the image' : undefined
  }
  const loader = found.entry.content?.elf
  if (loader === undefined) return `is /${found.path}, which is no ELF file`
  return fitsAbi(loader, file.elf) ? undefined : `is /${found.path}, ${nameMachine(loader)} code`
}

function describeFiles(view: PlatformView, fault: string, files: readonly ElfFile[]): readonly RuleHit[] {
  return groupFiles(files, file => file.path, view, 'program').map((group): RuleHit => {
    const [first] = group.items as [ElfFile]
    const loader = showText(first.elf.interpreter ?? '')
    return {
      platforms: [view.label],
      title: `${group.name} ${group.one ? 'asks' : 'ask'} for the loader ${loader}, which ${fault}`,
      subject: group.subject,
      paths: group.items.map(({ path }) => `/${path}`),
      evidence: group.items.map(file =>
        cite(view, file.entry, `its program interpreter ${loader} ${fault}`, {
          interpreter: file.elf.interpreter,
        }),
      ),
      advice:
        'Link the program statically, or take a base image with the C library that it was built for (a scratch image has none).',
    }
  })
}
