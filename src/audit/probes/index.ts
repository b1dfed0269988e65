import { apk } from './apk.js'
import { archive } from './archive.js'
import { dpkgFiles } from './dpkg/dpkg-files.js'
import { dpkgStatus } from './dpkg/dpkg-status.js'
import { loaderCache } from './loader-cache.js'
import { nodeManifest } from './node-manifest.js'
import type { Probe } from './probe.js'
import { pythonFiles } from './python/python-files.js'
import { pythonMetadata } from './python/python-metadata.js'
import { pythonWheel } from './python/python-wheel.js'
import { rpm } from './rpm/rpm.js'
import { text } from './text.js'

/** Every probe. A path belongs to the first that matches it. */
export const PROBES: readonly Probe[] = [
  dpkgStatus,
  dpkgFiles,
  apk,
  rpm,
  pythonMetadata,
  pythonWheel,
  pythonFiles,
  nodeManifest,
  text,
  loaderCache,
  archive,
]

/** The probe for a path (relative to the root), if any. Asked for every file of every layer. */
export function findProbe(path: string): Probe | undefined {
  for (const probe of PROBES) if (probe.matches(path)) return probe
  return undefined
}
