import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { holdLock } from '../lock.js'
import { findLabFolder } from '../places.js'

/** Other checkouts of this machine may have other recipes: what one of them has not used for so long goes. */
const UNUSED_MS = 14 * 24 * 3600 * 1000

/**
 * Builds something into a folder of the lab's cache, once a machine for each recipe, and gives the folder.
 * @param recipe everything that the result depends on, as one value for JSON
 */
export async function buildOnce(
  name: string,
  recipe: unknown,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const parent = findLabFolder(`hosts/${name}`)
  const hash = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)
  const folder = path.join(parent, hash)
  if (!existsSync(folder)) {
    await holdLock(parent, async () => {
      if (existsSync(folder)) return
      const unfinished = path.join(parent, `${hash}.new`)
      await rm(unfinished, { recursive: true, force: true })
      await mkdir(unfinished)
      await build(unfinished).catch(async error => {
        await rm(unfinished, { recursive: true, force: true })
        throw error
      })
      await rename(unfinished, folder)
      await removeUnused(parent)
    })
  }
  await utimes(folder, new Date(), new Date())
  return folder
}

async function removeUnused(parent: string): Promise<void> {
  for (const name of (await readdir(parent)).filter(name => /^[0-9a-f]{16}/.test(name))) {
    const folder = path.join(parent, name)
    const { mtimeMs } = await stat(folder)
    if (Date.now() - mtimeMs > UNUSED_MS) await rm(folder, { recursive: true, force: true })
  }
}
