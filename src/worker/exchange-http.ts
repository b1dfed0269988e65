import type { HttpObservation } from '../model/observation.js'
import type { ContainerHandle } from './container/container-handle.js'
import { type HttpOptions, requestContainer } from './container/request-http.js'
import type { HttpResult } from './container/results.js'
import { CheckFailure, wrapEngineError } from './failure.js'
import { findRoute } from './open-container.js'
import type { Worker } from './worker.js'

/** What came of a request: an answer, or why there is none. */
export type Exchange = { readonly observation: HttpObservation } & (
  | { readonly result: HttpResult; readonly failure?: undefined }
  | { readonly result?: undefined; readonly failure: CheckFailure }
)

/**
 * Sends a request to a started container. Throws a CheckFailure where nothing can be asked: the container has ended or
 * has no address, or the engine does not answer.
 */
export async function exchangeHttp(
  worker: Worker,
  handle: ContainerHandle,
  path: string,
  options: HttpOptions,
  signal: AbortSignal,
): Promise<Exchange> {
  const { limits } = worker.context
  const found = await findRoute(worker, handle, options.port).catch(error => {
    throw wrapEngineError(error, `Finding the way to ${path} failed`)
  })
  const running = async () => {
    try {
      return (await handle.readState()).running
    } catch (error) {
      throw wrapEngineError(error, 'Asking for the state of the container failed')
    }
  }
  if (found === undefined || !(await running())) throw await handle.explain(new Error('it has no address'))
  const { observation, result } = await requestContainer(
    found.route,
    `http://container:${found.port}`,
    path,
    options,
    {
      timeoutMs: limits.commandTimeoutMs,
      maxBytes: limits.maxOutputBytes,
      signal,
      stillStarting: running,
    },
  )
  if (result !== undefined) return { observation, result }
  const { error, method, url } = observation
  const failure = (await running())
    ? new CheckFailure(
        error === 'TimeoutError' ? 'timeout' : 'exception',
        'NO_ANSWER',
        `${method} ${url} got no answer: ${error}`,
      )
    : await handle.explain(new Error('the connection failed'))
  return { observation, failure }
}
