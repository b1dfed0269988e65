import type { AuditRule, RuleHit } from './rule.js'

/** Programs and libraries that ask for an executable stack (PT_GNU_STACK with PF_X). */
export const executableStack: AuditRule = {
  id: 'executable-stack',
  scope: 'platform',
  severity: 'note',
  title: 'Files ask for an executable stack',
  why: 'Kernels with hardening, and glibc from 2.41 on for libraries, refuse it; usually one assembler file lacks its mark.',
  check: ({ views }) =>
    views.flatMap(({ label, elfFiles }): RuleHit[] => {
      const files = elfFiles.filter(
        ({ elf }) => elf.executableStack === true && elf.type !== 'relocatable' && elf.type !== 'core',
      )
      if (files.length === 0) return []
      const paths = files.map(file => `/${file.path}`)
      return [
        {
          platforms: [label],
          title: `${files.length === 1 ? paths[0] : `${files.length} files`} of ${label} ${files.length === 1 ? 'asks' : 'ask'} for an executable stack`,
          subject: paths.join('\0'),
          paths,
          evidence: files.map(({ path, entry, elf }) => ({
            platform: label,
            path: `/${path}`,
            text: `/${path}: its stack segment is marked executable`,
            data: { machine: elf.machine, layer: entry.layer },
          })),
          advice:
            'Mark the stack in every assembler file (`.section .note.GNU-stack,"",%progbits`) and link again.',
        },
      ]
    }),
}
