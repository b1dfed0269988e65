import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { removeGroup } from './control-groups.js'
import { identifyProcess, isRunning, killProcess, type LiveProcess } from './live-process.js'

/** Not TMPDIR: sockets are made below it, and their paths may have 107 bytes only (unix(7)). */
export const RUN_PARENT = '/tmp'
const PREFIX = 'lh-'

/** Where a host keeps its sockets and notes while it runs, and what must end before the folder may go. */
export interface RunFolder {
  readonly folder: string
  /** Path of a file in it. */
  find(name: string): string
  /** Notes a process that must not outlive the host. */
  noteProcess(pid: number | undefined): Promise<void>
  /** Notes a control group that must not outlive the host; before it is made. */
  noteGroup(folder: string): Promise<void>
  /** Ends and removes everything that was noted, then the folder. */
  remove(): Promise<void>
}

/** Makes the folder of a host, after removing what hosts of killed processes have left below the same parent. */
export async function createRunFolder(parent = RUN_PARENT): Promise<RunFolder> {
  await sweepRunFolders(parent)
  const folder = await mkdtemp(path.join(parent, `${PREFIX}${process.pid}-`))
  const note = (file: string, line: string) => appendFile(path.join(folder, file), `${line}\n`)
  await writeFile(path.join(folder, 'owner'), wordProcess(identifyProcess(process.pid)))
  return {
    folder,
    find: name => path.join(folder, name),
    noteProcess: async pid => note('processes', wordProcess(identifyProcess(pid ?? 0))),
    noteGroup: async group => note('groups', group),
    remove: () => removeFolder(folder),
  }
}

/** Removes what hosts of killed processes have left: the next start calls it. */
export async function sweepRunFolders(parent = RUN_PARENT): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue
    const folder = path.join(parent, name)
    const owner = (await readProcesses(path.join(folder, 'owner')))[0]
    // Between the making of the folder and the note only the number in its name is there.
    const alive = owner ? isRunning(owner) : identifyProcess(Number(name.split('-')[1])) !== undefined
    if (!alive) await removeFolder(folder)
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (const process_ of await readProcesses(path.join(folder, 'processes'))) await killProcess(process_)
  for (const group of await readLines(path.join(folder, 'groups'))) await removeGroup(group)
  await rm(folder, { recursive: true, force: true })
}

async function readProcesses(file: string): Promise<LiveProcess[]> {
  return (await readLines(file)).map(line => {
    const [pid, since = ''] = line.split(' ')
    return { pid: Number(pid), since }
  })
}

async function readLines(file: string): Promise<string[]> {
  if (!existsSync(file)) return []
  return (await readFile(file, 'utf8')).split('\n').filter(Boolean)
}

function wordProcess(process_: LiveProcess | undefined): string {
  return process_ ? `${process_.pid} ${process_.since}` : ''
}
