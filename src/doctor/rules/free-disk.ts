import type { Rule } from '../advice.js'

const GIB = 1024 ** 3

/** Room for images: a pull that fills the disk fails in the middle of a run. */
export const checkDisk: Rule = ({ facts: { freeDisk } }) => {
  if (freeDisk === undefined || freeDisk >= 10 * GIB) return []
  return [
    {
      severity: freeDisk < 2 * GIB ? 'fix' : 'note',
      title: `Only ${(freeDisk / GIB).toFixed(1)} GiB are free where the engine keeps its images`,
      why: 'The command asks first; it removes stopped containers, unused networks and images without a name.',
      mend: { engine: 'system prune' },
    },
  ]
}
