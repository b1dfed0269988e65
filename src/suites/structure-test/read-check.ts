import type { DeclaredDifference } from '../../model/declared.js'
import { readAnyEntries, readEntries, rejectValue, type SuiteValue } from '../suite-value.js'
import type { CheckKind, Entries } from './check-kind.js'
import { OWN_KEYS, readOwnKeys } from './read-own-keys.js'
import { requirePlatform } from './read-platforms.js'
import type { PlatformVariant, SchemaVersion, StructureCheck } from './structure-suite.js'

/** Reads one test of a kind, with the keys of our own that each may have. */
export function readCheck(kind: CheckKind, value: SuiteValue, version: SchemaVersion): StructureCheck {
  const entries = readEntries(value, [...kind.listKeys(version), ...OWN_KEYS])
  const check = kind.read(entries, value, version)
  const own = readOwnKeys(entries)
  const perPlatform = entries.get('perPlatform')
  if (perPlatform === undefined) return { ...check, ...own }
  const { variants, differences } = readVariants(kind, entries, value, perPlatform, version)
  return {
    ...check,
    ...own,
    perPlatform: variants,
    differences: [...(own.differences ?? []), ...differences],
  }
}

/**
 * The same test as each platform that `perPlatform` names expects it. What a platform is expected to have of its own is
 * a legitimate difference in the fields concerned.
 */
function readVariants(
  kind: CheckKind,
  entries: Entries,
  value: SuiteValue,
  perPlatform: SuiteValue,
  version: SchemaVersion,
): { variants: PlatformVariant[]; differences: DeclaredDifference[] } {
  const known = Object.keys(kind.expectations).filter(key => kind.listKeys(version).includes(key))
  if (known.length === 0)
    rejectValue(perPlatform, `cannot stand in ${kind.key}, which expect nothing of their own`)
  const variants: PlatformVariant[] = []
  const differences: DeclaredDifference[] = []
  for (const [name, each] of readAnyEntries(perPlatform)) {
    if (name === 'default')
      rejectValue(each, 'is no platform: what all others expect stands in the test itself')
    const platform = requirePlatform(each, name)
    if (variants.some(variant => variant.platform === platform))
      rejectValue(each, `${platform} is there twice`)
    const own = readEntries(each, known)
    if (own.size === 0) rejectValue(each, `must change one of ${known.join(', ')}`)
    variants.push({ platform, check: kind.read(new Map([...entries, ...own]), value, version) })
    for (const field of new Set([...own.keys()].map(key => kind.expectations[key]))) {
      differences.push({
        ...(field === undefined ? {} : { field }),
        platforms: [platform],
        reason: 'expected per platform',
        source: `${each.source.file}:${each.line}`,
        implied: true,
      })
    }
  }
  return { variants, differences }
}
