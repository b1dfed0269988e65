import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type Docker from 'dockerode'
import { onTestFinished } from 'vitest'
import { createEngineClient } from '../../src/hosts/engine-client.js'

/** An engine that answers as told, for what a real one cannot be made to do; closed after the test. */
export async function serveEngine(listener: RequestListener): Promise<Docker> {
  const folder = await mkdtemp(path.join(tmpdir(), 'engine-'))
  const socket = path.join(folder, 's')
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(socket, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
    await rm(folder, { recursive: true })
  })
  return createEngineClient(`unix://${socket}`)
}
