import type Docker from 'dockerode'
import { isDirectoryStat, isSymlinkStat, readEntry, statPath } from '../../hosts/container-archive.js'
import { formatElfMachine, readElfHeader } from '../../model/elf-header.js'
import type { FileObservation } from '../../model/observation.js'
import { ByteCollector, captureBytes } from '../exec/byte-collector.js'
import { CheckFailure } from '../failure.js'
import type { FileResult } from './results.js'

/** A file as a check gets it and as it is recorded. */
export interface FileReading {
  readonly result: FileResult
  readonly observation: FileObservation
}

/** Reads a path through the engine, so that an image needs neither a shell nor `cat`. Links are followed. */
export async function readContainerFile(
  container: Docker.Container,
  path: string,
  limit: number,
): Promise<FileReading> {
  const stat = await statPath(container, path)
  if (stat === undefined && /^\/+(proc|sys|dev)(\/|$)/.test(path)) {
    throw new CheckFailure(
      'exception',
      'FILE_NOT_STORED',
      `${path} is the kernel’s, and file() reads what the container stores: read it with exec(['cat', ...])`,
    )
  }
  // The engine gives the same status for a container that is gone, which must not look like a missing file.
  if (stat === undefined) await container.inspect()
  if (stat === undefined) return describe(path, { exists: false }, Buffer.alloc(0))
  const linkTarget = isSymlinkStat(stat) ? stat.linkTarget : undefined
  const real = linkTarget?.startsWith('/') ? linkTarget : path
  const collector = new ByteCollector(limit)
  const directory = isDirectoryStat(stat)
  const entry = await readEntry(container, real, bytes => {
    if (!directory) collector.push(bytes)
    return !directory
  })
  if (entry === undefined) return describe(path, { exists: false, linkTarget }, Buffer.alloc(0))
  const type =
    entry.type === 'file' || entry.type === 'link'
      ? 'file'
      : entry.type === 'directory'
        ? 'directory'
        : entry.type === 'symlink'
          ? 'symlink'
          : 'other'
  const content = collector.finish()
  const elf = type === 'file' ? readElfHeader(content.kept) : undefined
  return describe(
    path,
    {
      exists: true,
      type,
      mode: (entry.mode & 0o7777).toString(8).padStart(4, '0'),
      uid: entry.uid,
      gid: entry.gid,
      linkTarget,
      ...(elf === undefined ? {} : { elfMachine: formatElfMachine(elf) }),
      ...(type === 'file' && elf === undefined ? { content: captureBytes(content) } : {}),
    },
    content.kept,
    content.bytes,
  )
}

function describe(
  path: string,
  facts: Omit<FileObservation, 'kind' | 'path' | 'linkTarget'> & { linkTarget?: string | undefined },
  bytes: Buffer,
  size?: number,
): FileReading {
  const { linkTarget, ...rest } = facts
  const observation: FileObservation = {
    kind: 'file',
    path,
    ...rest,
    ...(linkTarget === undefined ? {} : { linkTarget }),
  }
  return {
    observation,
    result: {
      path,
      exists: facts.exists,
      type: facts.type,
      mode: facts.mode,
      uid: facts.uid,
      gid: facts.gid,
      size: facts.type === 'file' ? size : undefined,
      linkTarget,
      bytes,
      text: () => bytes.toString('utf8'),
      json: () => JSON.parse(bytes.toString('utf8')),
    },
  }
}
