import { isForOtherSystem } from '../compare/native-modules.js'
import { cite } from './common/describe.js'
import { isFirmware, isTestData } from './common/places.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Programs and libraries that ask for an executable stack (PT_GNU_STACK with PF_X). */
export const executableStack: AuditRule = {
  id: 'executable-stack',
  scope: 'platform',
  severity: 'note',
  title: 'Files ask for an executable stack',
  why: 'Kernels with hardening, and glibc from 2.41 on for libraries, refuse it; usually one assembler file lacks its mark.',
  check: ({ views }) =>
    views.flatMap((view): RuleHit[] => {
      const files = view.elfFiles.filter(
        ({ path, elf }) =>
          elf.executableStack === true &&
          elf.type !== 'relocatable' &&
          elf.type !== 'core' &&
          elf.architecture === view.platform.architecture &&
          !isTestData(path) &&
          !isFirmware(path) &&
          !isForOtherSystem(path),
      )
      if (files.length === 0) return []
      const paths = files.map(file => `/${file.path}`)
      return [
        {
          platforms: [view.label],
          title: `${files.length === 1 ? paths[0] : `${files.length} files`} ${files.length === 1 ? 'asks' : 'ask'} for an executable stack`,
          subject: files.map(({ path }) => view.neutralizePath(path)).join('\n'),
          paths,
          evidence: files.map(({ entry }) => cite(view, entry, 'its stack is to be executable')),
          advice:
            'Mark the stack in every assembler file (`.section .note.GNU-stack,"",%progbits`) and link again.',
        },
      ]
    }),
}
