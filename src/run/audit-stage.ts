import { auditImage } from '../audit/audit-image.js'
import type { BuiltinPlan } from '../builtin/builtin-plan.js'
import { planBuiltin } from '../builtin/plan-builtin.js'
import type { Settings } from '../config/schema.js'
import { ArchparityError, describeError } from '../errors.js'
import type { RunEvent } from '../model/events.js'
import type { ResolvedImage } from '../model/image.js'
import type { ContentReader } from '../registry/index.js'
import { chooseAuditOptions } from './audit-options.js'

/** What the audit of a run works with. */
export interface AuditStage {
  readonly settings: Settings
  readonly source: ContentReader
  readonly image: ResolvedImage
  /** Folder for files that are too large for memory. */
  readonly temporary: string
  readonly signal: AbortSignal
  readonly emit: (event: RunEvent) => void
}

/**
 * Audits the image for a run, beside the pulling. Never rejects: a source that fails in the middle is told in
 * `audit-finished`, since the suites can run without it. Nothing is told of an audit that was interrupted. Gives what the
 * built-in suites ask, by the platforms' digests; nothing where the audit failed.
 */
export async function runAudit(stage: AuditStage): Promise<BuiltinPlans> {
  const { settings, source, image, temporary, signal, emit } = stage
  const began = performance.now()
  const finish = (event: { layers: { read: number; cached: number }; error?: AuditError }) =>
    emit({ type: 'audit-finished', durationMs: Math.round(performance.now() - began), ...event })
  try {
    const { views, summaries, findings, layers } = await auditImage(source, image, {
      ...chooseAuditOptions(settings),
      temporary,
      signal,
    })
    for (const summary of summaries) emit({ type: 'platform-audited', summary })
    for (const finding of findings) emit({ type: 'audit-finding', finding })
    const plans = settings.builtinSuites === 'off' ? NO_PLANS : planBuiltin(views)
    finish({ layers })
    return plans
  } catch (error) {
    if (signal.aborted) return NO_PLANS
    const code = error instanceof ArchparityError ? error.code : 'INTERNAL'
    finish({ layers: { read: 0, cached: 0 }, error: { code, message: describeError(error) } })
    return NO_PLANS
  }
}

/** What the built-in suites ask of each platform, by its digest. */
export type BuiltinPlans = ReadonlyMap<string, BuiltinPlan>

export const NO_PLANS: BuiltinPlans = new Map()

interface AuditError {
  readonly code: string
  readonly message: string
}
