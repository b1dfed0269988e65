import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/**
 * Whether two targets run the same bytes in the same way on two hosts: then they may share the suites, and what one
 * of them decided holds for the other.
 */
export function areSiblings(a: Target, b: Target): boolean {
  return (
    a.host !== b.host &&
    a.digest === b.digest &&
    a.execution === b.execution &&
    a.emulator?.cpu === b.emulator?.cpu &&
    formatPlatform(a.platform) === formatPlatform(b.platform)
  )
}

/** The other targets that run the same bytes in the same way, in order. */
export function findSiblings(target: Target, targets: readonly Target[]): Target[] {
  return targets.filter(other => areSiblings(target, other))
}

/**
 * The target that one check is measured by: the reference, or the sibling that decided the check in its place. The
 * reference again where none of them did.
 */
export function chooseReference(
  reference: Target | undefined,
  targets: readonly Target[],
  isDecided: (target: Target) => boolean,
): Target | undefined {
  if (reference === undefined || isDecided(reference)) return reference
  return findSiblings(reference, targets).find(isDecided) ?? reference
}
