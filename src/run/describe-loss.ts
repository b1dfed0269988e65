import { ArchparityError, describeError } from '../errors.js'
import { formatPlatform } from '../model/platform.js'
import type { LostCoverage, Target } from '../model/target.js'
import { adviseOnSpace } from '../pull/advise.js'

/**
 * What a target that could not be made ready costs, and why: which host, and first of all whether its disk is full, for
 * engines say that at the end of long messages and of any request. `coveredBy` is the label of a target that does its work.
 */
export function describeLoss(target: Target, error: unknown, coveredBy?: string): LostCoverage {
  const known = error instanceof ArchparityError ? error : undefined
  const message = describeError(error)
  const space = adviseOnSpace(message)
  const fix = space ?? known?.hint
  return {
    platform: formatPlatform(target.platform),
    digest: target.digest,
    target: target.id,
    ...(coveredBy === undefined ? {} : { coveredBy }),
    code: (known?.code ?? 'PULL_FAILED').toLowerCase().replaceAll('_', '-'),
    reason: `Host ${target.host}: ${space === undefined ? '' : 'its disk is full: '}${message}`,
    intended: false,
    ...(fix === undefined ? {} : { fix }),
  }
}
