import type { ByteSource } from '../byte-source.js'
import { type EntryBudget, walkZip } from './zip-directory.js'
import { type ByteBudget, openZipEntry } from './zip-reader.js'

const MAX_ENTRIES = 500_000
/** Of all members together, archives inside the archive included. */
const MAX_BYTES = 256 * 1024 * 1024

/**
 * Reads members of a jar by the paths that `findNativeMembers` gives (`lib/inner.jar!/x86/b.so` for one of a jar inside
 * it). What is not there, or cannot be read within the bounds of that function, is absent from the result.
 */
export function readMembers(source: ByteSource, paths: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  const budgets = { entries: { left: MAX_ENTRIES }, bytes: { left: MAX_BYTES } }
  readFrom(source, '', new Set(paths), budgets, found)
  return found
}

function readFrom(
  source: ByteSource,
  prefix: string,
  wanted: ReadonlySet<string>,
  budgets: { readonly entries: EntryBudget; readonly bytes: ByteBudget },
  found: Map<string, Uint8Array>,
): void {
  const inner = new Set(
    prefix === ''
      ? [...wanted].flatMap(path => (path.includes('!/') ? [path.split('!/', 1)[0] as string] : []))
      : [],
  )
  const entries = walkZip(source, path => wanted.has(prefix + path) || inner.has(path), budgets.entries)
  for (const entry of entries) {
    const content = openZipEntry(source, entry, budgets.bytes)
    if (!('source' in content)) continue
    if (inner.has(entry.path)) readFrom(content.source, `${entry.path}!/`, wanted, budgets, found)
    if (wanted.has(prefix + entry.path))
      found.set(prefix + entry.path, content.source.read(0, content.source.size))
  }
}
