import Docker from 'dockerode'
import { inject } from 'vitest'
import type { WorkerContext } from './context.js'
import { type EventChannel, openEventChannel } from './event-channel.js'
import { ExecutionGuard } from './guard/execution-guard.js'

/** What one worker process holds for all of its suite files: it serves a single target of a single engine. */
export interface Worker {
  readonly context: WorkerContext
  readonly engine: Docker
  readonly channel: EventChannel
  readonly guard: ExecutionGuard
}

let worker: Worker | undefined

/** The process's worker, made at the first call from what the runner provides. */
export function getWorker(): Worker {
  if (worker === undefined) {
    const context = inject('archparity')
    if (context === undefined) {
      throw new Error(
        'This suite was not started by archparity: run `archparity run IMAGE`, or build vitest.config.ts with archparity/vitest',
      )
    }
    // The engine's address comes from DOCKER_HOST, which the runner sets for each worker.
    worker = {
      context,
      engine: new Docker(),
      channel: openEventChannel(context.eventSocket),
      guard: new ExecutionGuard(context),
    }
  }
  return worker
}
