import { createHash } from 'node:crypto'
import { type EntryHeader, readEntry } from '../../hosts/container-archive.js'
import type { FileObservation } from '../../model/observation.js'
import type { GossCheck } from '../../suites/goss/goss-suite.js'
import { asksFor, type Found } from '../../suites/goss/judge-check.js'
import { parseGroups, parseUsers } from '../../suites/goss/user-database.js'
import type { ContainerHandle } from '../container/container-handle.js'
import { isUnknownLink, restoreLink, tellsOwners } from '../container/engine-limits.js'
import { CheckFailure, wrapEngineError } from '../failure.js'
import { getWorker } from '../worker.js'
import type { Look, Sight } from './look.js'
import { readStored, readStoredText, requireWhole } from './read-stored.js'

/** A larger file is neither searched nor hashed. Bytes. */
const MAX_BYTES = 64 * 1024 * 1024

/** goss's words for tar's. */
const FILE_TYPES: Readonly<Record<string, string>> = {
  directory: 'directory',
  symlink: 'symlink',
  'character-device': 'character-device',
  'block-device': 'block-device',
  fifo: 'pipe',
}

/** Looks at a path itself; its contents are those of what a link leads to, as goss has it. */
export async function lookAtFile(check: GossCheck, { handle }: Look): Promise<Sight> {
  const path = check.subject
  const header = await readHeader(handle, path)
  if (header === undefined)
    return {
      found: { exists: { value: false } },
      observations: [{ kind: 'file', path, exists: false }],
    }
  const entry = await restoreLink(handle.engine, path, header)
  if (isUnknownLink(entry.linkname) && asksFor(check, 'linked-to'))
    throw new CheckFailure(
      'infrastructure',
      'FILE_UNKNOWN',
      `${path} is a symbolic link, and this engine does not tell where it points: ask a command (readlink)`,
    )
  const owners = await tellsOwners()
  if (!owners && asksFor(check, 'owner', 'uid', 'group', 'gid'))
    throw new CheckFailure(
      'infrastructure',
      'FILE_UNKNOWN',
      `${path}: Podman does not tell to whom files belong: ask a command (stat)`,
    )
  const found: Record<string, Found> = {
    exists: { value: true },
    mode: { value: formatMode(entry.mode) },
    uid: { value: entry.uid },
    gid: { value: entry.gid },
    filetype: { value: FILE_TYPES[entry.type] ?? 'file' },
    'linked-to':
      entry.type === 'symlink' ? { value: entry.linkname } : { problem: `${path} is no symbolic link` },
    size: measure(entry),
  }
  if (asksFor(check, 'owner')) found.owner = await nameOwner(handle, entry.uid)
  if (asksFor(check, 'group')) found.group = await nameGroup(handle, entry.gid)
  const content = asksFor(check, 'contents', 'md5', 'sha256', 'sha512', 'size')
    ? await readContent(check, handle, found)
    : {}
  return { found, observations: [{ ...describeEntry(path, entry, owners), ...content }] }
}

async function readHeader(handle: ContainerHandle, path: string): Promise<EntryHeader | undefined> {
  const entry = await readEntry(handle.engine, path, () => false).catch(error => {
    throw wrapEngineError(error, `Reading ${path} failed`)
  })
  if (entry !== undefined) return entry
  if (/^\/+(proc|sys|dev)(\/|$)/.test(path))
    throw new CheckFailure(
      'infrastructure',
      'FILE_NOT_STORED',
      `${path} is the kernel’s and not stored in the container, so it cannot be read through the engine: ask a command`,
    )
  // The engine gives the same status for a container that is gone.
  await handle.engine.inspect().catch(error => {
    throw wrapEngineError(error, `Reading ${path} failed`)
  })
  return undefined
}

const formatMode = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')

function measure({ type, size, linkname }: EntryHeader): Found {
  if (type === 'symlink') return { value: Buffer.byteLength(linkname) }
  // A folder's size is its file system's.
  return type === 'directory' ? { problem: 'the size of a directory cannot be known' } : { value: size }
}

async function nameOwner(handle: ContainerHandle, id: number): Promise<Found> {
  const users = parseUsers((await readStoredText(handle, '/etc/passwd')) ?? '')
  const name = users.find(({ uid }) => uid === id)?.name
  return name === undefined ? { problem: `no user of /etc/passwd has the id ${id}` } : { value: name }
}

async function nameGroup(handle: ContainerHandle, id: number): Promise<Found> {
  const groups = parseGroups((await readStoredText(handle, '/etc/group')) ?? '')
  const name = groups.find(({ gid }) => gid === id)?.name
  return name === undefined ? { problem: `no group of /etc/group has the id ${id}` } : { value: name }
}

/** Adds what the bytes of a file say, and gives what is recorded of them. */
async function readContent(
  check: GossCheck,
  handle: ContainerHandle,
  found: Record<string, Found>,
): Promise<Partial<FileObservation>> {
  const { maxOutputBytes } = getWorker().context.limits
  const path = check.subject
  const small = await readStored(handle, path, maxOutputBytes)
  const { type, size = 0 } = small.result
  const names = ['contents', 'md5', 'sha256', 'sha512']
  if (type !== 'file') {
    const problem = type === undefined ? `${path} leads nowhere` : `${path} is a ${type}, not a file`
    for (const name of names) found[name] = { problem }
    return {}
  }
  requireWhole(path, size, MAX_BYTES)
  const { result } = size > maxOutputBytes ? await readStored(handle, path, MAX_BYTES) : small
  found.contents = { text: Buffer.from(result.bytes).toString('utf8') }
  for (const algorithm of ['md5', 'sha256', 'sha512'])
    found[algorithm] = { value: createHash(algorithm).update(result.bytes).digest('hex') }
  const { content, elfMachine } = small.observation
  return {
    ...(content === undefined ? {} : { content }),
    ...(elfMachine === undefined ? {} : { elfMachine }),
  }
}

function describeEntry(path: string, entry: EntryHeader, owners: boolean): FileObservation {
  const known = ['file', 'directory', 'symlink'] as const
  const type = entry.type === 'link' ? 'file' : entry.type
  return {
    kind: 'file',
    path,
    exists: true,
    type: known.find(each => each === type) ?? 'other',
    mode: formatMode(entry.mode),
    ...(owners ? { uid: entry.uid, gid: entry.gid } : {}),
    ...(entry.type === 'symlink' && !isUnknownLink(entry.linkname) ? { linkTarget: entry.linkname } : {}),
  }
}
