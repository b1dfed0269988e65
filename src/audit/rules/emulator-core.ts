import type { AuditRule, RuleHit } from './rule.js'

/** linux-user's own name for what it dumps (`qemu_<program>_<date>-<time>_<pid>.core`). */
const QEMU_CORE = /(?:^|\/)qemu_[^/]+_\d{8}-\d{6}_\d+\.core$/

/** Core dumps that a build under an emulator left in the image. */
export const emulatorCore: AuditRule = {
  id: 'emulator-core',
  scope: 'platform',
  severity: 'warning',
  title: 'A core dump was left in the image',
  why: 'A program crashed while the image was built, mostly under an emulator, and the build went on without it.',
  check: ({ views }) =>
    views.flatMap(({ label, inventory, elfFiles }): RuleHit[] => {
      const cores = new Set(elfFiles.filter(({ elf }) => elf.type === 'core').map(({ path }) => path))
      for (const [path, entry] of inventory.tree) {
        if (entry.type === 'file' && QEMU_CORE.test(path)) cores.add(path)
      }
      return [...cores].sort().map(path => ({
        platforms: [label],
        title: `${label} holds a core dump: /${path}`,
        subject: path.replace(/_\d{8}-\d{6}_\d+\.core$/, ''),
        paths: [`/${path}`],
        evidence: [
          {
            platform: label,
            path: `/${path}`,
            text: `/${path}, ${inventory.tree.get(path)?.size ?? 0} bytes`,
            data: { emulator: QEMU_CORE.test(path), layer: inventory.tree.get(path)?.layer },
          },
        ],
        advice: `Find the build step that crashed on ${label} (\`file\` names the program that dumped it), build that platform natively or mend the step, and remove the file.`,
      }))
    }),
}
