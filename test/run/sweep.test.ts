import { randomUUID } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import Docker from 'dockerode'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { TWIN_LABEL } from '../../src/hosts/connect-hosts.js'
import { followProgress } from '../../src/hosts/follow-progress.js'
import { buildProbeImage } from '../../src/hosts/probe-image.js'
import type { ScratchImage } from '../../src/hosts/scratch-image.js'
import { describeThisProcess, formatOwner, LABELS } from '../../src/run/owner.js'
import { removeRunContainers, sweepHost, sweepLeftovers } from '../../src/run/sweep.js'
import { AMD64 } from '../lab/platforms.js'
import { connectTestEngine } from '../worker/test-container.js'
import { buildBusybox, loadTestImage } from '../worker/test-image.js'
import { makeFolder } from './temporary.js'

const SELF = describeThisProcess()
const LIVE = formatOwner(SELF)
const DEAD = formatOwner({ ...SELF, startedAt: String(Number(SELF.startedAt) - 1) })
const ELSEWHERE = formatOwner({ ...SELF, startedAt: '1', host: 'another-machine' })

let engine: Docker
let image: string
const made: Docker.Container[] = []

beforeAll(async () => {
  engine = await connectTestEngine()
  image = (await loadTestImage(engine, AMD64, await buildBusybox(AMD64))).name
})
afterAll(() => Promise.all(made.map(each => each.remove({ force: true, v: true }).catch(() => {}))))

async function makeContainer(labels: Record<string, string>, started = false): Promise<Docker.Container> {
  const container = await engine.createContainer({
    Image: image,
    Cmd: ['/bin/sleep', '600'],
    Labels: { 'org.archparity.test': 'sweep', ...labels },
    Volumes: { '/data': {} },
  })
  made.push(container)
  if (started) await container.start()
  return container
}

const exists = async (container: Docker.Container) =>
  container.inspect().then(
    () => true,
    () => false,
  )

const listVolumes = async (container: Docker.Container) =>
  (await container.inspect()).Mounts.map(mount => mount.Name as string)

test('what dead runs left is removed, running or not; the living’s and strangers’ things stay', async () => {
  const gone = [
    await makeContainer({ [LABELS.owner]: DEAD }, true),
    await makeContainer({ [LABELS.owner]: DEAD }),
  ]
  const stay = [
    await makeContainer({ [LABELS.owner]: LIVE }),
    await makeContainer({ [LABELS.owner]: ELSEWHERE }),
    await makeContainer({ [LABELS.owner]: 'nonsense' }),
    await makeContainer({ [LABELS.owner]: '' }),
    await makeContainer({}),
  ]
  const [volume] = await listVolumes(gone[0] as Docker.Container)
  await sweepLeftovers(engine, await makeFolder())
  expect(await Promise.all(gone.map(exists))).toEqual([false, false])
  expect(await Promise.all(stay.map(exists))).toEqual([true, true, true, true, true])
  await expect(engine.getVolume(volume as string).inspect()).rejects.toMatchObject({ statusCode: 404 })
})

test('temporary folders of dead runs are removed, and no others', async () => {
  const folder = await makeFolder()
  const names = {
    dead: `archparity-${DEAD}-AbC123`,
    live: `archparity-${LIVE}-AbC123`,
    elsewhere: `archparity-${ELSEWHERE}-AbC123`,
    other: `archparity-notes-AbC123`,
    longer: `archparity-${DEAD}-AbC123-mine`,
  }
  for (const name of Object.values(names)) await mkdir(path.join(folder, name, 'inside'), { recursive: true })
  await sweepLeftovers(engine, folder)
  const { dead: _, ...stay } = names
  expect((await readdir(folder)).sort()).toEqual(Object.values(stay).sort())
})

test('a folder that cannot be read is no reason to leave containers', async () => {
  const gone = await makeContainer({ [LABELS.owner]: DEAD })
  await sweepLeftovers(engine, '/nowhere')
  expect(await exists(gone)).toBe(false)
})

const HOUR_MS = 3_600_000
const startedBefore = (hours: number) => ({
  [LABELS.started]: new Date(Date.now() - hours * HOUR_MS).toISOString(),
})

test('what runs of other machines left is removed when it is more than a day old, by its own word', async () => {
  const gone = [
    await makeContainer({ [LABELS.owner]: ELSEWHERE, ...startedBefore(25) }, true),
    await makeContainer({ [LABELS.owner]: ELSEWHERE, ...startedBefore(24 * 400) }),
  ]
  const stay = [
    await makeContainer({ [LABELS.owner]: ELSEWHERE, ...startedBefore(23) }, true),
    // Its machine's clock is ahead.
    await makeContainer({ [LABELS.owner]: ELSEWHERE, ...startedBefore(-48) }),
    await makeContainer({ [LABELS.owner]: ELSEWHERE, [LABELS.started]: 'yesterday' }),
    await makeContainer({ [LABELS.owner]: ELSEWHERE, [LABELS.started]: '' }),
    // A process of this machine that lives may take as long as it likes.
    await makeContainer({ [LABELS.owner]: LIVE, ...startedBefore(24 * 400) }),
    await makeContainer({ [LABELS.owner]: 'nonsense', ...startedBefore(25) }),
    await makeContainer(startedBefore(25)),
  ]
  await sweepLeftovers(engine, await makeFolder())
  expect(await Promise.all(gone.map(exists))).toEqual([false, false])
  expect(await Promise.all(stay.map(exists))).toEqual(stay.map(() => true))
})

test('volumes that a search for twins left are removed, and no others', async () => {
  const make = async (labels: Record<string, string>) => {
    const name = `sweep-${randomUUID()}`
    await engine.createVolume({ Name: name, Labels: labels })
    const volume = engine.getVolume(name)
    onTestFinished(() => volume.remove().catch(() => {}))
    return () =>
      volume.inspect().then(
        () => true,
        () => false,
      )
  }
  const probe = { [TWIN_LABEL]: 'yes' }
  const gone = [
    await make({ ...probe, [LABELS.owner]: DEAD }),
    await make({ ...probe, [LABELS.owner]: ELSEWHERE, ...startedBefore(25) }),
  ]
  const stay = [
    await make({ ...probe, [LABELS.owner]: LIVE }),
    await make({ ...probe, [LABELS.owner]: ELSEWHERE, ...startedBefore(1) }),
    await make(probe),
    await make({ [LABELS.owner]: DEAD }),
  ]
  await sweepLeftovers(engine, await makeFolder())
  expect(await Promise.all(gone.map(each => each()))).toEqual([false, false])
  expect(await Promise.all(stay.map(each => each()))).toEqual(stay.map(() => true))
})

test('sweeping a host that does not answer ends, and rejects nothing', async () => {
  const silent = new Docker({ socketPath: '/nowhere/docker.sock' })
  await sweepHost(silent, path.join(await makeFolder(), 'own'))
})

test('a run removes its own containers alone', async () => {
  const own = [
    await makeContainer({ [LABELS.run]: 'run-1', [LABELS.owner]: LIVE }, true),
    await makeContainer({ [LABELS.run]: 'run-1', [LABELS.owner]: LIVE }),
  ]
  const other = await makeContainer({ [LABELS.run]: 'run-2', [LABELS.owner]: LIVE })
  expect(await removeRunContainers(engine, 'run-1')).toBe(2)
  expect(await Promise.all([...own, other].map(exists))).toEqual([false, false, true])
  expect(await removeRunContainers(engine, 'run-1')).toBe(0)
})

test('of images only those of dead processes’ test programs are removed', async () => {
  const load = async (labels: Record<string, string>) => {
    const { archive, names } = (await buildProbeImage('amd64', {
      ...labels,
      test: randomUUID(),
    })) as ScratchImage
    await followProgress(await engine.loadImage(Readable.from([archive])))
    const find = async () => {
      for (const name of names) {
        const image = engine.getImage(name)
        if (await image.inspect().catch(() => undefined)) return image
      }
      return undefined
    }
    onTestFinished(async () => void (await (await find())?.remove({ force: true })))
    return find
  }
  const dead = await load({ [LABELS.owner]: DEAD })
  const others = [
    await load({ [LABELS.owner]: LIVE }),
    await load({ [LABELS.owner]: ELSEWHERE }),
    await load({}),
  ]
  expect(await dead()).toBeDefined()
  await sweepLeftovers(engine, await makeFolder())
  expect(await dead()).toBeUndefined()
  for (const other of others) expect(await other()).toBeDefined()
})
