import { readFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { TWIN_LABEL } from '../hosts/connect-hosts.js'
import { BRIDGE_LABEL } from '../hosts/port-bridge.js'
import { PROGRAM_LABEL } from '../hosts/scratch-image.js'
import { readScriptImageHolder, SCRIPT_IMAGE_DOMAIN } from '../model/script-image.js'
import { describeThisProcess, formatOwner, hasEnded, isOfThisMachine, LABELS, parseOwner } from './owner.js'

/**
 * Removes every container of one run with its volumes, and the images of archparity's own programs; returns how many
 * containers there were.
 */
export async function removeRunContainers(engine: Docker, runId: string): Promise<number> {
  const removed = await removeContainers(engine, [`${LABELS.run}=${runId}`], () => true)
  await removeProgramImages(engine, labels => labels[LABELS.run] === runId)
  const own = formatOwner(describeThisProcess())
  await removeScriptNames(engine, labels => labels[LABELS.owner] === own)
  return removed
}

/** What runs of other machines left is theirs for this long; no run takes a day. */
const OLD_MS = 24 * 3_600_000
/** A host that does not answer in time is swept by a later run. */
const SWEEP_TIMEOUT_MS = 10_000

/** Sweeps a host before a run, and the folder that holds `temporary`. Never rejects and never takes long. */
export async function sweepHost(engine: Docker, temporary: string): Promise<void> {
  const swept = sweepLeftovers(engine, path.dirname(temporary)).catch(() => {})
  await Promise.race([swept, sleep(SWEEP_TIMEOUT_MS, undefined, { ref: false })])
}

/**
 * Removes what runs that were killed have left on this engine and in the directory of temporary files: containers
 * and what its own programs and probes put there whose process on this machine has ended, and those of another machine
 * that are more than a day
 * old. Returns how many containers there were.
 */
export async function sweepLeftovers(engine: Docker, temporaryFiles: string): Promise<number> {
  await sweepTemporaryFiles(temporaryFiles)
  const removed = await removeContainers(engine, [LABELS.owner], isLeftover)
  await removeProgramImages(engine, isLeftover)
  await removeScriptNames(engine, isLeftover)
  await removeTwinVolumes(engine)
  return removed
}

function isLeftover(labels: Record<string, string>): boolean {
  const owner = parseOwner(labels[LABELS.owner] ?? '')
  if (owner === undefined) return false
  if (isOfThisMachine(owner)) return hasEnded(owner)
  // Not the engine's own time of creation, which for images is that of the build.
  const started = Date.parse(labels[LABELS.started] ?? '')
  return Date.now() - started > OLD_MS
}

/** Kills this process's own children but `spared` at once, for an end that waits for nothing. */
export function killChildren(spared: readonly (number | undefined)[] = []): void {
  for (const child of listChildren(process.pid)) {
    if (spared.includes(child)) continue
    try {
      process.kill(child, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}

/** Process ids of the children, where the kernel tells (Linux). */
function listChildren(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

async function removeContainers(
  engine: Docker,
  label: string[],
  choose: (labels: Record<string, string>) => boolean,
): Promise<number> {
  const containers = await engine.listContainers({ all: true, filters: { label } })
  const chosen = containers.filter(container => choose(container.Labels))
  const remove = ({ Id }: Docker.ContainerInfo) =>
    engine
      .getContainer(Id)
      .remove({ force: true, v: true })
      // Gone already, or being removed by its own process.
      .catch(() => {})
  // Podman keeps a container whose network another one shares.
  const isBridge = ({ Labels }: Docker.ContainerInfo) => Labels[BRIDGE_LABEL] !== undefined
  await Promise.all(chosen.filter(isBridge).map(remove))
  await Promise.all(chosen.filter(container => !isBridge(container)).map(remove))
  return chosen.length
}

async function removeProgramImages(
  engine: Docker,
  choose: (labels: Record<string, string>) => boolean,
): Promise<void> {
  // Podman 4.3 finds nothing where it is asked for two labels.
  const images = await engine.listImages({ filters: { label: [PROGRAM_LABEL] } })
  const chosen = images.filter(image => choose(image.Labels ?? {}))
  const remove = (id: string) => engine.getImage(id).remove({ force: true })
  await Promise.all(chosen.map(({ Id }) => remove(Id).catch(() => {})))
}

/** The names that images had for scripts; the images stay. */
async function removeScriptNames(
  engine: Docker,
  choose: (labels: Record<string, string>) => boolean,
): Promise<void> {
  const images = await engine.listImages({ filters: { reference: [`${SCRIPT_IMAGE_DOMAIN}/*`] } })
  const chosen = images
    .flatMap(image => image.RepoTags ?? [])
    .filter(name => {
      const { owner, started } = readScriptImageHolder(name) ?? {}
      if (owner === undefined || started === undefined) return false
      return choose({ [LABELS.owner]: owner, [LABELS.started]: started })
    })
  await Promise.all(
    chosen.map(name =>
      engine
        .getImage(name)
        .remove()
        .catch(() => {}),
    ),
  )
}

async function removeTwinVolumes(engine: Docker): Promise<void> {
  const { Volumes: volumes } = await engine.listVolumes({ filters: { label: [TWIN_LABEL] } })
  const chosen = (volumes ?? []).filter(volume => isLeftover(volume.Labels ?? {}))
  const remove = (name: string) => engine.getVolume(name).remove()
  await Promise.all(chosen.map(({ Name }) => remove(Name).catch(() => {})))
}

async function sweepTemporaryFiles(directory: string): Promise<void> {
  const names = await readdir(directory).catch((): string[] => [])
  for (const name of names) {
    const owner = /^archparity-(\d+\.(?:\d+|x)\..+)-[A-Za-z0-9_]{6}$/.exec(name)?.[1]
    const parsed = owner === undefined ? undefined : parseOwner(owner)
    if (parsed !== undefined && hasEnded(parsed))
      await rm(path.join(directory, name), { recursive: true, force: true })
  }
}
