import { PROGRAM_LABEL } from '../../hosts/scratch-image.js'
import type { CheckScope } from '../check-scope.js'
import type { ContainerOptions } from '../container/options.js'
import type { CommandResult } from '../container/results.js'
import { CheckFailure } from '../failure.js'
import { getWorker } from '../worker.js'

/**
 * Runs commands one after another, each in a container of its own whose files become the next one's image, and `run`
 * on what they left. As in that tool, a command of the set-up that fails does not end it, processes and volumes do not
 * last, and one that cannot be started fails the check. The images are removed.
 */
export async function runSetup(
  commands: readonly (readonly string[])[],
  options: ContainerOptions,
  scope: CheckScope,
  run: (options: ContainerOptions & { image?: string }) => Promise<CommandResult>,
): Promise<CommandResult> {
  const { engine } = getWorker()
  const images: string[] = []
  try {
    for (const command of commands) {
      const image = images.at(-1)
      const result = await scope.run(
        command.slice(1),
        {
          ...options,
          entrypoint: command.slice(0, 1),
          ...(image === undefined ? {} : { image }),
          // By it the image is found if this process does not live to remove it.
          labels: { [PROGRAM_LABEL]: 'setup' },
          onEnded: async container => {
            const committed = (await container.commit({})) as { Id: string }
            images.push(committed.Id)
          },
        },
        command,
      )
      if (result.startError !== undefined)
        throw new CheckFailure(
          'exception',
          'SETUP_FAILED',
          `The set-up command ${JSON.stringify(command)} cannot be started: ${result.startError}`,
        )
    }
    const image = images.at(-1)
    return await run({ ...options, ...(image === undefined ? {} : { image }) })
  } finally {
    for (const image of images.reverse())
      await engine
        .getImage(image)
        .remove({ force: true })
        .catch(() => {})
  }
}
