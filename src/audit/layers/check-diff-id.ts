import type { Digest } from '../../model/digest.js'
import { shortenDigest } from '../../model/digest.js'
import type { LayerProblem } from '../inventory.js'

/** The problem of a layer whose tar is not the one that a config names; none where either is not known. */
export function checkDiffId(
  digest: Digest,
  actual: string | undefined,
  claimed: string | undefined,
): LayerProblem[] {
  if (actual === undefined || claimed === undefined || actual === claimed) return []
  const message = `Layer ${shortenDigest(digest)} unpacks to ${shortenDigest(actual)}, but the config says ${shortenDigest(claimed)}`
  return [{ code: 'diff-id-mismatch', message, incomplete: false }]
}
