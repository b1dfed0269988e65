import { ALL_WORDS } from '../../../compare/normalize/vocabulary.js'
import type { Package } from '../../inventory.js'

/** Words of package managers that are no architecture's own words elsewhere. */
const MORE_WORDS: ReadonlyMap<string, string> = new Map([
  ['x86', '386'],
  ['armhfp', 'arm'],
  ['armv7hl', 'arm'],
  ['armv6hl', 'arm'],
])

/** A distribution's package: what its manager installed, with the architecture that it declares. */
export function isSystemPackage(owner: Package | undefined): owner is Package {
  return owner?.ecosystem === 'dpkg' || owner?.ecosystem === 'apk' || owner?.ecosystem === 'rpm'
}

/** OCI's word for what a distribution's package declares; `any` for `all` and `noarch`, undefined for an unknown word. */
export function readPackageArchitecture({ architecture }: Package): string | undefined {
  if (architecture === undefined || architecture === 'all' || architecture === 'noarch') return 'any'
  const name = MORE_WORDS.get(architecture) ?? ALL_WORDS.get(architecture)?.[0]
  return name?.split('/')[0]
}
