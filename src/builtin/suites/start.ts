/** The image's own command stays up, exits, or becomes healthy. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, useContainer } from '../../worker/suite.js'
import { getWorker } from '../../worker/worker.js'

useContainer(false)

/** How long a command that does not end is watched on the reference platform. */
const WATCH_MS = 10_000

/** Exit codes of commands that could not be started, or that a fault of their own ended (signals 4, 5, 6, 7, 8, 11). */
const FAULTS = [126, 127, 132, 133, 134, 135, 136, 139]

test('the image’s own command', async ({ checkScope, observe, skip }) => {
  const { imageConfig, timeScale, limits } = getWorker().context
  if ((imageConfig.entrypoint ?? []).length + (imageConfig.command ?? []).length === 0)
    skip('the image declares no command')
  const handle = await checkScope.startContainer({ start: 'image' })
  const [kind] = imageConfig.healthcheck ?? []
  const checked = kind !== undefined && kind !== 'NONE'
  const deadline = performance.now() + (checked ? limits.startTimeoutMs : WATCH_MS * timeScale)
  for (;;) {
    const { State: state } = await handle.engine.inspect()
    const health = state.Health?.Status
    if (!state.Running) {
      observe('outcome', `exit code ${state.ExitCode}`)
      const { stdout, stderr } = await checkScope.logs(handle)
      expect(FAULTS, `it ended at once and wrote: ${(stderr || stdout).slice(-500)}`).not.toContain(
        state.ExitCode,
      )
      return
    }
    if (health === 'healthy' || health === 'unhealthy' || performance.now() > deadline) {
      observe('outcome', checked ? `running and ${health ?? 'not checked'}` : 'running')
      expect(health, 'the image’s own health check').not.toBe('unhealthy')
      return
    }
    await sleep(100)
  }
})
