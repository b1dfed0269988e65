import { randomBytes } from 'node:crypto'
import { nameScriptImage, nameUnnamedImage } from '../../model/script-image.js'
import { wrapEngineError } from '../failure.js'
import { getWorker } from '../worker.js'

/** The name that the image has for this worker's scripts, from the first one on until `close`. */
export class ScriptImageName {
  private name: Promise<string> | undefined

  /** Gives the proven image that name on the engine. */
  open(): Promise<string> {
    this.name ??= addName().catch(error => {
      this.name = undefined
      throw wrapEngineError(error, 'Giving the image a name for the script failed')
    })
    return this.name
  }

  async close(): Promise<void> {
    const name = await this.name?.catch(() => undefined)
    this.name = undefined
    if (name === undefined || !isBorrowed()) return
    await getWorker()
      .engine.getImage(name)
      .remove()
      .catch(() => {})
  }
}

/** Engines remove an image together with its last name: one that has no name of its own keeps that of the scripts. */
function isBorrowed(): boolean {
  return getWorker().context.image.includes('@')
}

async function addName(): Promise<string> {
  const { engine, context } = getWorker()
  const { image, reference, labels } = context
  const holder = {
    owner: labels['org.archparity.owner'] ?? '',
    started: labels['org.archparity.started'] ?? '',
  }
  const name = isBorrowed()
    ? nameScriptImage(reference, holder, randomBytes(4).toString('hex'))
    : nameUnnamedImage(reference, image)
  const at = name.lastIndexOf(':')
  await engine.getImage(image).tag({ repo: name.slice(0, at), tag: name.slice(at + 1) })
  return name
}
