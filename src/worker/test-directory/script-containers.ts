import type Docker from 'dockerode'
import { SCRIPT_LABEL } from './docker-shim.js'

/** A container that a script has created. */
export interface ScriptContainer {
  readonly id: string
  /** Id of its image. */
  readonly imageId: string
  /** What it starts: program and arguments. */
  readonly argv: readonly string[]
}

/** The containers that scripts create, noticed as they are: most are gone before a script ends. */
export class ScriptContainers {
  private readonly engine: Docker
  private readonly script: string
  private readonly found = new Map<string, Promise<ScriptContainer | undefined>>()
  private stream: (NodeJS.ReadableStream & { destroy?: () => void }) | undefined

  constructor(engine: Docker, script: string) {
    this.engine = engine
    this.script = script
  }

  /** Begins to watch. */
  async open(): Promise<void> {
    const filters = {
      type: ['container' as const],
      event: ['create'],
      label: [`${SCRIPT_LABEL}=${this.script}`],
    }
    const stream = await this.engine.getEvents({ filters })
    this.stream = stream
    let text = ''
    stream.on('data', (chunk: Buffer) => {
      const lines = (text + chunk.toString('utf8')).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) this.note(line)
    })
    stream.on('error', () => {})
  }

  /** Ends the watch and removes what is left. Gives all containers that were seen. */
  async close(): Promise<ScriptContainer[]> {
    const left = await this.engine
      .listContainers({ all: true, filters: { label: [`${SCRIPT_LABEL}=${this.script}`] } })
      .catch(() => [])
    for (const { Id } of left) this.look(Id)
    const seen = (await Promise.all(this.found.values())).filter(each => each !== undefined)
    this.stream?.destroy?.()
    await Promise.all(
      left.map(({ Id }) =>
        this.engine
          .getContainer(Id)
          .remove({ force: true, v: true })
          .catch(() => {}),
      ),
    )
    return seen
  }

  private note(line: string): void {
    try {
      const { id, Actor } = JSON.parse(line) as { id?: string; Actor?: { ID?: string } }
      const found = Actor?.ID ?? id
      if (typeof found === 'string') this.look(found)
    } catch {
      // No event.
    }
  }

  private look(id: string): void {
    if (this.found.has(id)) return
    this.found.set(
      id,
      this.engine
        .getContainer(id)
        .inspect()
        .then(info => ({ id, imageId: info.Image, argv: [info.Path, ...info.Args] }))
        .catch(() => undefined),
    )
  }
}
