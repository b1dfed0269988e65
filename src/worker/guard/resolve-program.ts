import path from 'node:path'
import type Docker from 'dockerode'
import { isDirectoryStat, isSymlinkStat, readEntry, statPath } from '../../hosts/container-archive.js'
import { type ElfHeader, readElfHeader } from '../../model/elf-header.js'

/** A program file in a container. */
export interface Program {
  /** Absolute, links resolved. */
  readonly path: string
  readonly kind: 'elf' | 'script' | 'other'
  readonly elf?: ElfHeader
  /** Path of the interpreter that a script names in its first line. */
  readonly interpreter?: string
}

const HEAD_BYTES = 256
const MAX_INTERPRETERS = 4

/**
 * Finds what the kernel would start for `name`: looked up in `searchPath` unless it has a slash, links
 * resolved, and a script's interpreters after it. Empty where there is no such file.
 */
export async function resolveProgram(
  container: Docker.Container,
  name: string,
  searchPath: readonly string[],
  cwd: string,
): Promise<Program[]> {
  const candidates = name.includes('/')
    ? [path.posix.resolve(cwd, name)]
    : searchPath.map(dir => path.posix.join(dir, name))
  for (const candidate of candidates) {
    const programs = await readProgram(container, candidate, 0, !name.includes('/'))
    if (programs.length > 0) return programs
  }
  return []
}

/** With `searching`, a file that nobody may execute is passed over, as whoever searches PATH does. */
async function readProgram(
  container: Docker.Container,
  file: string,
  depth: number,
  searching = false,
): Promise<Program[]> {
  const stat = await statPath(container, file)
  if (stat === undefined || isDirectoryStat(stat)) return []
  const real = isSymlinkStat(stat) && stat.linkTarget.startsWith('/') ? stat.linkTarget : file
  const read = await readHead(container, real)
  if (read === undefined || (searching && (read.mode & 0o111) === 0)) return []
  const { head } = read
  const elf = readElfHeader(head)
  if (elf !== undefined) return [{ path: real, kind: 'elf', elf }]
  const interpreter = /^#![ \t]*(\/[^ \t\n\0]+)/.exec(head.toString('latin1'))?.[1]
  if (interpreter === undefined) return [{ path: real, kind: 'other' }]
  const script: Program = { path: real, kind: 'script', interpreter }
  return depth >= MAX_INTERPRETERS
    ? [script]
    : [script, ...(await readProgram(container, interpreter, depth + 1))]
}

async function readHead(
  container: Docker.Container,
  file: string,
): Promise<{ head: Buffer; mode: number } | undefined> {
  const parts: Buffer[] = []
  let size = 0
  const entry = await readEntry(container, file, bytes => {
    parts.push(Buffer.from(bytes))
    size += bytes.length
    return size < HEAD_BYTES
  })
  return entry?.type === 'file' || entry?.type === 'link' || entry?.type === 'contiguous-file'
    ? { head: Buffer.concat(parts).subarray(0, HEAD_BYTES), mode: entry.mode }
    : undefined
}
