import type { ContainerCreateOptions } from 'dockerode'
import type { StartedTestContainer, WaitStrategy } from 'testcontainers'
import { GenericContainer } from 'testcontainers'
import type { WorkerContext } from '../context.js'
import { forgetUnboundPorts } from './forget-unbound-ports.js'
import type { ContainerOptions } from './options.js'

/** Readiness is judged by the handle, which can tell "ended" from "not yet"; starting itself waits for nothing. */
const WAIT_FOR_NOTHING: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => WAIT_FOR_NOTHING,
  isStartupTimeoutSet: () => false,
  getStartupTimeout: () => 0,
}

/**
 * A container of the target's exact digest, with the engine's defaults, our labels, and the engine's own init
 * as process 1: under an emulator a crash of process 1 would otherwise hang the container for ever.
 */
export class ImageContainer extends GenericContainer {
  private readonly beforeStart: ((id: string) => Promise<void>) | undefined

  constructor(
    context: WorkerContext,
    options: ContainerOptions,
    beforeStart?: (id: string) => Promise<void>,
  ) {
    super(context.image)
    this.beforeStart = beforeStart
    this.withLabels({ ...context.labels, 'org.archparity.target': context.target.id })
    this.withAutoCleanup(false).withWaitStrategy(WAIT_FOR_NOTHING)
    Object.assign(this.createOpts, buildCreateOptions(context, options))
    this.hostConfig = { ...this.hostConfig, Init: true, ...options.hostConfig }
    // It would be overwritten when the container starts.
    if (options.hostConfig?.NetworkMode !== undefined) this.networkMode = options.hostConfig.NetworkMode
  }

  protected override async containerCreated(id: string): Promise<void> {
    await this.beforeStart?.(id)
  }

  /** Creates and starts it. The image must be on the engine already: nothing is pulled here. */
  override async start(): Promise<StartedTestContainer> {
    await forgetUnboundPorts()
    return super.start()
  }
}

function buildCreateOptions(
  context: WorkerContext,
  options: ContainerOptions,
): Partial<ContainerCreateOptions> {
  const { start = context.start } = options
  const idle =
    start === 'idle' &&
    context.shell !== undefined &&
    options.command === undefined &&
    options.entrypoint === undefined
  const env = Object.entries({ ...context.env, ...options.env }).map(([name, value]) => `${name}=${value}`)
  return {
    // A shell waits for commands on its standard input for as long as that stays open.
    OpenStdin: idle,
    ...(idle ? { Entrypoint: [context.shell as string], Cmd: [] } : {}),
    ...(options.entrypoint === undefined ? {} : { Entrypoint: [...options.entrypoint] }),
    ...(options.command === undefined ? {} : { Cmd: [...options.command] }),
    ...(env.length === 0 ? {} : { Env: env }),
    ...(options.user === undefined ? {} : { User: options.user }),
    ...(options.workingDir === undefined ? {} : { WorkingDir: options.workingDir }),
    ...(options.tty === true ? { Tty: true } : {}),
  }
}
