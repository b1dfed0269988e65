import { buildDebianImage, type DebianImageName } from './debian/debian-image.js'
import { HEALTHY_PROGRAMS } from './debian/healthy-programs.js'
import { DEBIAN_PROGRAMS } from './debian/programs.js'
import { pushContent } from './push-content.js'
import { pushLabImage } from './push-image.js'

/** One image of the confusion matrix, and what must be found: `cause on platforms` of each finding. */
export interface MatrixCase {
  readonly name: string
  readonly expected: readonly string[]
}

/** Nothing is wrong in them. */
const HEALTHY = [
  'healthy',
  'web',
  'python',
  ...Object.keys(DEBIAN_PROGRAMS),
  ...Object.keys(HEALTHY_PROGRAMS),
]

export function listCases(): MatrixCase[] {
  return HEALTHY.map(name => ({ name, expected: [] }))
}

/** Builds a case's image where it is not there yet, and pushes it. */
export async function pushCase({ name }: MatrixCase, registry: string): Promise<string> {
  if (!name.startsWith('debian-')) return pushLabImage(name, registry, 'matrix')
  const repository = `matrix/${name}`
  await pushContent(await buildDebianImage(name as DebianImageName), { registry, repository, tag: 'latest' })
  return `${registry}/${repository}:latest`
}
