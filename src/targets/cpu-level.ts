import type { Platform } from '../model/platform.js'

/** x86-64 levels (x86-64 psABI, "micro-architecture levels"): the flags that tell each from the one below. */
const X86_LEVELS: Readonly<Record<string, readonly string[]>> = {
  v2: ['cx16', 'popcnt', 'sse4_2', 'ssse3'],
  v3: ['avx2', 'bmi1', 'bmi2', 'fma', 'movbe'],
  v4: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
}

/**
 * Says which of the platform's CPU level the CPU lacks, by the words of `/proc/cpuinfo`; undefined where it
 * lacks nothing, where the platform names no level that is known, or where the CPU's features are not known.
 */
export function findMissingLevel(
  platform: Platform,
  cpuFeatures: readonly string[] | undefined,
): string | undefined {
  const level = platform.architecture === 'amd64' ? platform.variant : undefined
  if (level === undefined || cpuFeatures === undefined || !Object.hasOwn(X86_LEVELS, level)) return undefined
  const needed = Object.entries(X86_LEVELS)
    .filter(([name]) => name <= level)
    .flatMap(([, each]) => each)
  const missing = needed.filter(flag => !cpuFeatures.includes(flag))
  return missing.length === 0
    ? undefined
    : `this CPU is below x86-64-${level}: it lacks ${missing.join(', ')}`
}
