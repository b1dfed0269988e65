import { sharesCpu } from '../hosts/cpu-family.js'
import type { HostSpec } from '../hosts/host.js'
import { PROBE_ARCHITECTURES } from '../hosts/probe-program.js'
import {
  compareText,
  formatPlatform,
  normalizePlatform,
  type Platform,
  parsePlatform,
} from '../model/platform.js'

/** Which platforms are tried on a host, and whether it is meant to emulate. */
export interface Choice {
  readonly platforms: readonly Platform[]
  readonly emulates: boolean
}

/**
 * A host is asked for what it is meant for: what it was declared for; this machine's engine for everything that there
 * is a test program of; any other one for its own CPU's family, since emulators there would never be used.
 */
export function choosePlatforms(spec: Pick<HostSpec, 'local' | 'platforms'>, architecture: string): Choice {
  const known = [...new Set([architecture, ...PROBE_ARCHITECTURES])].map(each =>
    normalizePlatform({ os: 'linux', architecture: each }),
  )
  const isOwn = (platform: Platform) => sharesCpu(architecture, platform.architecture)
  if (spec.platforms !== undefined) {
    const declared = spec.platforms.flatMap(text => parsePlatform(text) ?? [])
    return { platforms: sortUnique(declared), emulates: declared.some(platform => !isOwn(platform)) }
  }
  return { platforms: sortUnique(spec.local ? known : known.filter(isOwn)), emulates: spec.local }
}

function sortUnique(platforms: readonly Platform[]): Platform[] {
  const byName = new Map(platforms.map(platform => [formatPlatform(platform), platform]))
  return [...byName].sort(([a], [b]) => compareText(a, b)).map(([, platform]) => platform)
}
