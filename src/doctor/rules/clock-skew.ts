import type { Rule } from '../advice.js'

const MAX_SKEW_MS = 60_000

/** A host whose clock is more than a minute away from this machine's. */
export const checkClock: Rule = ({ facts: { clockSkewMs = 0 } }) => {
  if (Math.abs(clockSkewMs) <= MAX_SKEW_MS) return []
  const side = clockSkewMs < 0 ? 'behind' : 'ahead of'
  return [
    {
      severity: 'fix',
      title: `Its clock is ${formatDuration(Math.abs(clockSkewMs))} ${side} this machine's`,
      why: 'Certificates may not be valid there, and timestamps differ from those of other hosts.',
      mend: { shell: 'sudo timedatectl set-ntp true' },
    },
  ]
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
]

function formatDuration(ms: number): string {
  const [size, unit] = UNITS.find(([size]) => ms >= 2 * size) ?? [1000, 'second']
  return `${Math.round(ms / size)} ${unit}s`
}
