import type { AuditRule, RuleHit } from './rule.js'

/** Test suites ship damaged files on purpose. */
const TEST_DATA = /(?:^|\/)(?:tests?|testdata|test-data|fixtures|corpus|fuzz)\//

/** ELF files whose headers point beyond their end or make no sense. */
export const damagedElf: AuditRule = {
  id: 'damaged-elf',
  scope: 'platform',
  severity: 'warning',
  title: 'An ELF file is damaged',
  why: 'A file that was cut off or altered on its way into the image does not load, or crashes when it does.',
  check: ({ views }) =>
    views.flatMap(({ label, elfFiles }) =>
      elfFiles
        .filter(({ path, elf }) => elf.damage !== undefined && !TEST_DATA.test(path))
        .map(
          ({ path, entry, elf }): RuleHit => ({
            platforms: [label],
            title: `/${path} of ${label} is a damaged ELF file`,
            subject: path,
            paths: [`/${path}`],
            evidence: [
              {
                platform: label,
                path: `/${path}`,
                text: `/${path} (${entry.size} bytes): ${elf.damage}`,
                data: { size: entry.size, layer: entry.layer },
              },
            ],
            advice:
              'Compare it with the file of the package or build that it comes from, and copy it into the image again.',
          }),
        ),
    ),
}
