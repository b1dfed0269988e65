import { inject } from 'vitest'
import type { Content } from './image-writer.js'
import { RECIPES } from './images/recipes.js'
import { pushContent } from './push-content.js'
import './provided.js'

const contents = new Map<string, Promise<Content>>()
const pushes = new Map<string, Promise<string>>()

/** Builds an image of the lab, once in a process. */
export function buildLabImage(name: string): Promise<Content> {
  const known = contents.get(name)
  if (known !== undefined) return known
  const recipe = RECIPES.find(candidate => candidate.name === name)
  if (recipe === undefined)
    throw new Error(`the lab has no image ${name}; test/lab/images/recipes.ts lists them`)
  const building = recipe.build()
  contents.set(name, building)
  return building
}

/**
 * Builds an image of the lab where it is not there yet, pushes it and gives its reference
 * (`127.0.0.1:PORT/lab/<name>:latest`). Only inside vitest, unless a registry is named.
 */
export function ensureImage(name: string, registry = inject('registry')): Promise<string> {
  const key = `${registry}/lab/${name}`
  const known = pushes.get(key)
  if (known !== undefined) return known
  const pushing = pushImage(name, registry)
  pushes.set(key, pushing)
  return pushing
}

async function pushImage(name: string, registry: string): Promise<string> {
  if (registry === '') throw new Error('no lab registry: `npm test` installs docker-registry and starts one')
  const repository = `lab/${name}`
  await pushContent(await buildLabImage(name), { registry, repository, tag: 'latest' })
  return `${registry}/${repository}:latest`
}
