import { readdir, readFile } from 'node:fs/promises'
import Docker from 'dockerode'
import { findTemporaryFolder, PROJECT_VARIABLE } from './cli.js'

/** Whose leftovers: the command's process id, and the folder that it was started in. */
export interface LeftBy {
  readonly pid: number | undefined
  readonly directory: string
}

/** The label that archparity puts on its containers; its value begins with the process id. */
const OWNER_LABEL = 'org.archparity.owner'

/**
 * Lists what one run of the command has left: containers, networks and volumes with its label, names of images, processes that it or
 * its children started, temporary files. Lines that a failing assertion shows; sorted. Empty is as it should be.
 * Other runs, of tests side by side, are not in it.
 */
export async function listLeftovers(by: LeftBy): Promise<readonly string[]> {
  const engine = new Docker()
  const lists = await Promise.all([listFromEngine(engine, by), listProcesses(by), listTemporaryFiles(by)])
  return lists.flat().sort()
}

/**
 * Lists every network and volume of the engine, labelled or not: for a test that compares before and after, and
 * runs while no other test makes any.
 */
export async function listNetworksAndVolumes(): Promise<readonly string[]> {
  const engine = new Docker()
  const networks = (await engine.listNetworks()).map(({ Name }) => `network ${Name}`)
  const volumes = ((await engine.listVolumes()).Volumes ?? []).map(({ Name }) => `volume ${Name}`)
  return [...networks, ...volumes].sort()
}

async function listFromEngine(engine: Docker, { pid }: LeftBy): Promise<string[]> {
  const isTheirs = (labels: Readonly<Record<string, string>> | null | undefined) =>
    labels?.[OWNER_LABEL]?.startsWith(`${pid}.`) ?? false
  const filters = { label: [OWNER_LABEL] }
  const images = await engine.listImages({ filters: { reference: ['archparity.test/*'] } })
  const containers = await engine.listContainers({ all: true, filters })
  const networks = await engine.listNetworks({ filters })
  const volumes = (await engine.listVolumes({ filters: JSON.stringify(filters) })).Volumes ?? []
  return [
    ...containers
      .filter(one => isTheirs(one.Labels))
      .map(one => `container ${one.Id} ${one.Image} (${one.State})`),
    ...images
      .flatMap(one => one.RepoTags ?? [])
      .filter(name => name.includes(`-run-${pid}.`))
      .map(name => `image ${name}`),
    ...networks.filter(one => isTheirs(one.Labels)).map(one => `network ${one.Name}`),
    ...volumes.filter(one => isTheirs(one.Labels)).map(one => `volume ${one.Name}`),
  ]
}

/** Found by the environment that they inherited, whoever their parent is by now. */
async function listProcesses({ directory }: LeftBy): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
  const lines = await Promise.all(
    pids.map(async pid => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      if (!environment.split('\0').includes(`${PROJECT_VARIABLE}=${directory}`)) return []
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return command === '' ? [] : [`process ${pid} ${command.replaceAll('\0', ' ').trim()}`]
    }),
  )
  return lines.flat()
}

async function listTemporaryFiles({ directory }: LeftBy): Promise<string[]> {
  const folder = findTemporaryFolder(directory)
  return (await readdir(folder)).map(name => `file ${folder}/${name}`)
}
