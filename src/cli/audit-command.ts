import pc from 'picocolors'
import { auditImage } from '../audit/audit-image.js'
import { openImageSource } from '../registry/index.js'
import { hasFaults, renderAuditJson } from '../report/audit/audit-report.js'
import { renderAudit } from '../report/audit/render-audit.js'
import { chooseAuditOptions } from '../run/audit-options.js'
import { openTemporaryDirectory } from '../run/temporary-directory.js'
import { createAuditProgress } from './audit-progress.js'
import { EXIT } from './exit-codes.js'
import { listenForInterrupt } from './interrupt.js'
import type { SettingFlags } from './options.js'
import { gatherSettings } from './settings.js'

/** `archparity audit`: reads the layers, compares the platforms, and prints what it found on standard output. */
export async function auditCommand(
  image: string | undefined,
  flags: SettingFlags & { config?: string; json?: boolean },
): Promise<number> {
  const { image: named, settings, root } = await gatherSettings(image, flags)
  const began = performance.now()
  const temporary = openTemporaryDirectory()
  const progress = await createAuditProgress(process.stderr)
  const interruption = listenForInterrupt(
    () => {},
    async () => temporary.close(),
  )
  const { signal } = interruption
  try {
    const source = await openImageSource(named, {
      insecureRegistries: settings.insecureRegistries,
      root,
      signal,
      onNotice: progress.onNotice,
    })
    try {
      const resolved = await source.resolve()
      progress.onResolved(resolved)
      const { summaries, findings, layers } = await auditImage(source, resolved, {
        ...chooseAuditOptions(settings),
        requiredPlatforms: settings.platforms ?? [],
        temporary: temporary.path,
        signal,
        onProgress: progress.onProgress,
      })
      progress.stop()
      const durationMs = Math.round(performance.now() - began)
      const report = { image: resolved, summaries, findings, layers, durationMs }
      const colors = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR)
      process.stdout.write(
        flags.json === true
          ? renderAuditJson(report)
          : renderAudit(report, { colors, width: process.stdout.columns || 100 }),
      )
      if (hasFaults(findings)) return EXIT.failed
      return summaries.length === 0 ? EXIT.incomplete : EXIT.parity
    } finally {
      await source.close()
    }
  } catch (error) {
    if (!signal.aborted) throw error
    progress.stop()
    process.stderr.write('interrupted\n')
    return EXIT.interrupted
  } finally {
    progress.stop()
    interruption.stop()
    temporary.close()
  }
}
