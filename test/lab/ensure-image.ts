import { inject } from 'vitest'
import { pushLabImage } from './push-image.js'
import './provided.js'

const pushes = new Map<string, Promise<string>>()

/**
 * Builds an image of the lab where it is not there yet, pushes it and gives its reference
 * (`127.0.0.1:PORT/lab/<name>:latest`).
 */
export function ensureImage(name: string, registry = inject('registry')): Promise<string> {
  if (registry === '') throw new Error('no lab registry: `npm test` installs docker-registry and starts one')
  const key = `${registry}/${name}`
  const known = pushes.get(key)
  if (known !== undefined) return known
  const pushing = pushLabImage(name, registry)
  pushes.set(key, pushing)
  return pushing
}
