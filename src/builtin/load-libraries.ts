import { PassThrough } from 'node:stream'
import { pack } from 'tar-stream'
import { readMembers } from '../audit/archives/read-members.js'
import type { Probe } from '../worker/check-scope.js'
import type { PlannedLibrary } from './builtin-plan.js'
import { describeEnd } from './load-modules.js'

/** A folder of our own at the root, which every image has. */
const FOLDER = 'archparity-libraries'
const MAX_TEXT = 300

/** What the container is asked for. */
export interface LibraryContainer {
  /** Unpacks a tar at the root. */
  unpack(archive: NodeJS.ReadableStream): Promise<unknown>
  probe(argv: readonly string[]): Promise<Probe>
}

/**
 * Has a Java virtual machine load libraries of a jar, each by the builds for this platform until one loads; tells of each
 * `loads`, what the loader said of the last build, or how the machine ended. As an agent a library is loaded before any
 * class, so that no program is needed: a machine that then misses the agent's function has loaded it (JVM TI, "Agent
 * Start-Up").
 */
export async function loadLibraries(
  java: string,
  jar: Uint8Array,
  libraries: readonly PlannedLibrary[],
  container: LibraryContainer,
): Promise<ReadonlyMap<string, string>> {
  const paths = libraries.flatMap(({ members }) => members ?? [])
  const source = {
    size: jar.length,
    read: (offset: number, length: number) => jar.subarray(offset, offset + length),
  }
  const contents = readMembers(source, paths)
  const archive = pack()
  for (const [path, bytes] of contents)
    archive.entry({ name: placeMember(path, paths), mode: 0o644 }, Buffer.from(bytes))
  archive.finalize()
  await container.unpack(archive.pipe(new PassThrough()))
  const outcomes = new Map<string, string>()
  for (const { name, members = [] } of libraries) {
    let outcome: string | undefined
    for (const member of members) {
      if (outcome === 'loads') break
      outcome = contents.has(member)
        ? await loadLibrary(java, `/${placeMember(member, paths)}`, container)
        : 'cannot be read from the jar'
    }
    if (outcome !== undefined) outcomes.set(name, outcome)
  }
  return outcomes
}

/** The library's own file name, in a folder for each build: others may look for it by that name. */
function placeMember(path: string, paths: readonly string[]): string {
  return `${FOLDER}/${paths.indexOf(path)}/${path.slice(path.lastIndexOf('/') + 1)}`
}

async function loadLibrary(java: string, file: string, { probe }: LibraryContainer): Promise<string> {
  const answer = await probe([java, '-XX:-UsePerfData', `-agentpath:${file}`, '-version'])
  const outcome = readOutcome(answer, file)
  if (outcome !== 'loads') answer.record()
  return outcome
}

function readOutcome(answer: Probe, file: string): string {
  const text = `${answer.stdout}\n${answer.stderr}`
  if (answer.exitCode === 0 || /Agent_OnLoad/.test(text)) return 'loads'
  const said = /with error: (.+)/.exec(text)?.[1] ?? text.split('\n').find(line => line.includes(file))
  if (said === undefined || answer.signal !== undefined) return describeEnd(answer)
  return said
    .replaceAll(file.slice(0, file.lastIndexOf('/') + 1), '')
    .slice(0, MAX_TEXT)
    .trim()
}
