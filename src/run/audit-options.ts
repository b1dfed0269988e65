import type { AuditOptions } from '../audit/audit-image.js'
import { selectPlatforms } from '../audit/select-platforms.js'
import type { Settings } from '../config/schema.js'

/** What the settings say of the audit, whichever command does it. */
export function chooseAuditOptions(
  settings: Settings,
): Pick<AuditOptions, 'selects' | 'levels' | 'foreignPrograms' | 'cache'> {
  return {
    selects: selectPlatforms(settings),
    levels: settings.auditRules,
    foreignPrograms: settings.foreignPrograms,
    ...(settings.auditCache ? {} : { cache: false }),
  }
}
