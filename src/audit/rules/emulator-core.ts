import { compareText } from '../../model/platform.js'
import type { PlatformView } from '../view/platform-view.js'
import { cite } from './common/describe.js'
import { isTestData } from './common/places.js'
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
    views.flatMap((view): RuleHit[] => {
      const { label, inventory, elfFiles } = view
      const cores = new Set(
        elfFiles.filter(({ path, elf }) => elf.type === 'core' && !isTestData(path)).map(({ path }) => path),
      )
      for (const { path, type } of inventory.tree.values()) {
        if (type === 'file' && path.endsWith('.core') && QEMU_CORE.test(path)) cores.add(path)
      }
      return [...cores].sort(compareText).map(path => ({
        platforms: [label],
        title: `/${path} is a core dump`,
        subject: view.neutralizePath(path).replace(/_\d{8}-\d{6}_\d+\.core$/, ''),
        paths: [`/${path}`],
        evidence: citeCore(view, path),
        advice: `Find the build step that crashed on ${label} (\`file\` names the program that dumped it), build that platform natively or mend the step, and remove the file.`,
      }))
    }),
}

function citeCore(view: PlatformView, path: string) {
  const entry = view.inventory.tree.get(path)
  const emulator = QEMU_CORE.test(path)
  const what = emulator ? "QEMU's dump of a program that it ran" : 'a dump of the kernel'
  return entry === undefined ? [] : [cite(view, entry, `${what}, ${entry.size} bytes`, { emulator })]
}
