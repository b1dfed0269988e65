import type Docker from 'dockerode'
import { afterAll } from 'vitest'
import { findLocalEndpoint } from '../../src/hosts/endpoint.js'
import { createEngineClient } from '../../src/hosts/engine-client.js'

const started: Docker.Container[] = []

// Here and not where one is started: a hook that a test registers while it runs is never called.
afterAll(async () => {
  await Promise.all(started.map(container => container.remove({ force: true, v: true }).catch(() => {})))
})

/** Found once: looking for it a second time would find another, since the variable is gone then. */
let endpoint: ReturnType<typeof findLocalEndpoint> | undefined

/** The engine that tests run against, found as archparity itself finds it. */
export async function connectTestEngine(): Promise<Docker> {
  endpoint ??= findLocalEndpoint()
  const { url } = await endpoint
  // The client would merge it into every connection.
  delete process.env.DOCKER_HOST
  return createEngineClient(url)
}

/**
 * Starts a container that waits for commands as archparity's own do: init as process 1 and the shell on an open
 * standard input. It is removed after the tests of the file.
 */
export async function startIdleContainer(
  engine: Docker,
  image: string,
  options: Docker.ContainerCreateOptions = {},
): Promise<Docker.Container> {
  const container = await engine.createContainer({
    Image: image,
    Entrypoint: ['/bin/sh'],
    Cmd: [],
    OpenStdin: true,
    ...options,
    HostConfig: { Init: true, ...options.HostConfig },
  })
  started.push(container)
  await container.start()
  return container
}
