import type { Content } from './image-writer.js'
import { RECIPES } from './images/recipes.js'
import { pushContent } from './push-content.js'

const contents = new Map<string, Promise<Content>>()

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
 * Pushes an image of the lab as `<registry>/<folder>/<name>:latest`, as far as it is not there yet.
 * @returns that reference
 */
export async function pushLabImage(name: string, registry: string, folder = 'lab'): Promise<string> {
  const repository = `${folder}/${name}`
  await pushContent(await buildLabImage(name), { registry, repository, tag: 'latest' })
  return `${registry}/${repository}:latest`
}
