import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import Docker from 'dockerode'

/** What a run may leave behind, as lines that a failing assertion shows; sorted. */
export type Leftovers = readonly string[]

/** Labels of archparity's own containers begin so. */
const LABEL = 'org.archparity.'

/**
 * Lists what runs have left: containers (ours by label), networks, volumes, processes, temporary files. Compare with
 * a list from before the run: other tests run at the same time.
 */
export async function listLeftovers(): Promise<Leftovers> {
  const engine = new Docker()
  const lists = await Promise.all([
    listContainers(engine),
    listNetworks(engine),
    listVolumes(engine),
    listProcesses(),
    listTemporaryFiles(),
  ])
  return lists.flat().sort()
}

/** What is there now and was not before. */
export async function listNewLeftovers(before: Leftovers): Promise<Leftovers> {
  return (await listLeftovers()).filter(line => !before.includes(line))
}

async function listContainers(engine: Docker): Promise<string[]> {
  const containers = await engine.listContainers({ all: true })
  const ours = containers.filter(({ Labels }) =>
    Object.keys(Labels ?? {}).some(label => label.startsWith(LABEL)),
  )
  return ours.map(({ Id, Image, State }) => `container ${Id.slice(0, 12)} ${Image} (${State})`)
}

async function listNetworks(engine: Docker): Promise<string[]> {
  return (await engine.listNetworks()).map(({ Id, Name }) => `network ${Id?.slice(0, 12)} ${Name}`)
}

async function listVolumes(engine: Docker): Promise<string[]> {
  return ((await engine.listVolumes()).Volumes ?? []).map(({ Name }) => `volume ${Name}`)
}

/** Processes of the command or its workers; those of this test run's own vitest are older and in both lists. */
async function listProcesses(): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  const lines = await Promise.all(
    pids.map(async pid => {
      const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      const command = text.replaceAll('\0', ' ').trim()
      const isOurs =
        Number(pid) !== process.pid && /dist\/cli\/main\.js|vitest\/dist\/workers|\[archparity/.test(command)
      return isOurs ? [`process ${pid} ${command}`] : []
    }),
  )
  return lines.flat()
}

async function listTemporaryFiles(): Promise<string[]> {
  const names = await readdir(tmpdir())
  return names
    .filter(name => name.startsWith('archparity-') && !name.startsWith('archparity-registry-'))
    .map(name => `file ${tmpdir()}/${name}`)
}
