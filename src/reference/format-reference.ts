import { DEFAULT_REGISTRY, type ImageReference } from './image-reference.js'

/** Registry and path, without tag and digest: `docker.io/library/node`. */
export function formatRepository(reference: ImageReference): string {
  return `${reference.registry}/${reference.path}`
}

/** The full form, which every tool understands: `docker.io/library/node:22@sha256:...`. */
export function formatReference(reference: ImageReference): string {
  return formatRepository(reference) + formatSelector(reference)
}

/** The short form that Docker prints: `node:22`, `user/app:1`, `localhost:5000/app:1`. */
export function formatFamiliar(reference: ImageReference): string {
  if (reference.registry !== DEFAULT_REGISTRY) return formatReference(reference)
  const official = /^library\/([^/]+)$/.exec(reference.path)?.[1]
  // `docker.io/library/localhost` in short would read as a host: Docker keeps such a path as it is.
  const short = official === undefined || official === 'localhost' ? reference.path : official
  return short + formatSelector(reference)
}

/** Host with port where the registry's API answers; Docker Hub's differs from the name that people write. */
export function findApiHost(registry: string): string {
  return registry === DEFAULT_REGISTRY ? 'registry-1.docker.io' : registry
}

function formatSelector(reference: ImageReference): string {
  return (reference.tag ? `:${reference.tag}` : '') + (reference.digest ? `@${reference.digest}` : '')
}
