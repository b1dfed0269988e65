import { setTimeout as sleep } from 'node:timers/promises'
import Docker from 'dockerode'
import { KILL_ENGINE, START_ENGINE } from './guest-files.js'
import type { GuestResult, LabHost } from './host.js'

/** The part of a host that depends on what it is made of. */
export type Hardware = Pick<
  LabHost,
  'run' | 'cutNetwork' | 'healNetwork' | 'freeze' | 'thaw' | 'powerOff' | 'stop'
>

export interface EngineHostOptions {
  readonly name: string
  readonly hardware: Hardware
  /** Where this process reaches the engine. */
  readonly socketPath: string
  readonly patienceMs: number
  /** What else there is to read where the engine does not come up. */
  readonly readLog: () => string
}

/** What every host does in the same way, given what it is made of; it still has no endpoint. */
export type EngineHost = Omit<LabHost, 'endpoint' | 'env'> & {
  /** Runs a line of shell as root, and throws where it fails. */
  must(command: string): Promise<string>
  /** Waits until the engine answers; throws with its last lines. */
  waitForEngine(): Promise<void>
}

export function createEngineHost({
  name,
  hardware,
  socketPath,
  patienceMs,
  readLog,
}: EngineHostOptions): EngineHost {
  const engine = new Docker({ socketPath })
  // A request to a host that is just coming up may be lost.
  const impatient = new Docker({ socketPath, timeout: 5000 })
  const must = async (command: string) => {
    const { exitCode, output } = await hardware.run(command)
    if (exitCode !== 0)
      throw new Error(`${name}: \`${command}\` failed with exit code ${exitCode}: ${output}`)
    return output
  }
  const explain = async () => {
    const failed: GuestResult = { exitCode: 1, output: 'and the host cannot be entered' }
    const { output } = await hardware.run('tail -n 15 /var/log/lab-engine.log').catch(() => failed)
    return `${readLog()}\n${output}`
  }
  const waitForEngine = async () => {
    const end = Date.now() + patienceMs
    while (!(await answers(impatient))) {
      if (Date.now() > end) throw new Error(`the engine of ${name} does not answer:\n${await explain()}`)
      await sleep(50)
    }
  }
  return {
    ...hardware,
    ...{ name, engine, socketPath, must, waitForEngine },
    forwardLoopback: async port => void (await must(`/lab/forward ${port}`)),
    killEngine: async () => void (await must(KILL_ENGINE)),
    startEngine: async () => {
      await must(START_ENGINE)
      await waitForEngine()
    },
  }
}

async function answers(engine: Docker): Promise<boolean> {
  return await engine.ping().then(
    () => true,
    () => false,
  )
}

/** Makes the lab's registries, `127.0.0.1:PORT` each, be the same ones inside the host. */
export async function forwardRegistries(host: EngineHost, registries: readonly string[]): Promise<void> {
  for (const registry of registries.filter(Boolean))
    await host.forwardLoopback(Number(registry.split(':')[1]))
}
