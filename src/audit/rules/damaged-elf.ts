import { cite } from './common/describe.js'
import { isTestData } from './common/places.js'
import type { AuditRule, RuleHit } from './rule.js'

/** ELF files whose headers point beyond their end or make no sense. */
export const damagedElf: AuditRule = {
  id: 'damaged-elf',
  scope: 'platform',
  severity: 'warning',
  title: 'An ELF file is damaged',
  why: 'A file that was cut off or altered on its way into the image does not load, or crashes when it does.',
  check: ({ views }) =>
    views.flatMap(view =>
      view.elfFiles
        // Test suites ship damaged files on purpose.
        .filter(({ path, elf }) => elf.damage !== undefined && !isTestData(path))
        .map(
          ({ path, entry, elf }): RuleHit => ({
            platforms: [view.label],
            title: `/${path} is a damaged ELF file`,
            subject: view.neutralizePath(path),
            paths: [`/${path}`],
            evidence: [cite(view, entry, `${elf.damage}; ${entry.size} bytes`, { size: entry.size })],
            advice:
              'Compare it with the file of the package or build that it comes from, and copy it into the image again.',
          }),
        ),
    ),
}
