import { beforeAll, expect, test } from 'vitest'
import { readContainerLogs } from '../../../src/worker/container/read-logs.js'
import { AMD64 } from '../../lab/platforms.js'
import { connectTestEngine, startIdleContainer } from '../test-container.js'
import { buildBusybox, loadTestImage } from '../test-image.js'

let engine: Awaited<ReturnType<typeof connectTestEngine>>
let image: string

beforeAll(async () => {
  engine = await connectTestEngine()
  image = (await loadTestImage(engine, AMD64, await buildBusybox(AMD64))).name
})

async function readLog(script: string, limit: number) {
  const container = await startIdleContainer(engine, image, { Cmd: ['-c', script], OpenStdin: false })
  await container.wait()
  return readContainerLogs(container, limit)
}

test('both streams, each with all of its bytes', async () => {
  const logs = await readLog('echo out; echo café >&2', 1000)
  expect(logs).toMatchObject({ stdout: 'out\n', stderr: 'café\n' })
  expect(Buffer.from(logs.stderrBytes)).toEqual(Buffer.from('café\n'))
  expect(logs.observation).toMatchObject({ stdout: { text: 'out\n' }, stderr: { bytes: 6 } })
})

test('of a flood the beginning, and how much there was', async () => {
  const logs = await readLog('yes | head -c 100000 >&2', 1000)
  expect(logs.stderr).toHaveLength(1000)
  expect(logs.observation.stderr).toMatchObject({ bytes: 100_000, truncated: true })
})
