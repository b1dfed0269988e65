const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/**
 * The largest file that each probe reads, by the probe's id. Apart from the probes, for the cache must know which of them
 * an inventory comes from before, and often without, loading any.
 */
export const PROBE_BYTES = {
  'dpkg-status': 64 * MIB,
  'dpkg-files': 16 * MIB,
  apk: 64 * MIB,
  rpm: 256 * MIB,
  'python-metadata': 16 * MIB,
  'python-wheel': 64 * KIB,
  'python-files': 16 * MIB,
  'node-manifest': MIB,
  text: 64 * KIB,
  'loader-cache': 16 * MIB,
  archive: 2 * GIB,
} as const

export type ProbeId = keyof typeof PROBE_BYTES
