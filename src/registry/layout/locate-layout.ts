import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ArchparityError } from '../../errors.js'
import { type Digest, isDigest } from '../../model/digest.js'
import { sanitizeText } from '../http/sanitize.js'

/** Where a layout lies and what of it is meant. */
export interface LayoutLocation {
  /** As typed. */
  readonly shown: string
  /** Absolute. */
  readonly path: string
  readonly kind: 'directory' | 'file'
  readonly tag?: string
  readonly digest?: Digest
}

const HINT = 'Write oci:PATH[:tag][@digest]; PATH is a folder or a (gzipped) tar archive.'

/**
 * Reads what follows `oci:`, which is `PATH[:tag][@digest]`. Since a path may hold colons and "@", the longest
 * beginning that exists is the path. Throws `LAYOUT_INVALID` where nothing exists.
 * @param root folder that a relative path is relative to
 */
export async function locateLayout(text: string, root: string): Promise<LayoutLocation> {
  if (text === '' || text.includes('\0')) rejectLocation('there is no path after "oci:"')
  for (const { path, tag, digest } of listReadings(text)) {
    const absolute = resolve(root, path)
    const found = await stat(absolute).catch(() => undefined)
    if (found === undefined) continue
    if (!found.isDirectory() && !found.isFile()) {
      rejectLocation(`${sanitizeText(path)} is neither a folder nor a file`)
    }
    const kind = found.isDirectory() ? 'directory' : 'file'
    const selector = { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
    return { shown: path, path: absolute, kind, ...selector }
  }
  rejectLocation(`${sanitizeText(text)} does not exist`)
}

interface Reading {
  readonly path: string
  readonly tag?: string
  readonly digest?: Digest
}

/** Every way to read the text, longest path first. */
function listReadings(text: string): Reading[] {
  const at = text.lastIndexOf('@')
  const digest = text.slice(at + 1)
  const readings =
    at > 0 && isDigest(digest)
      ? [{ path: text }, ...splitTags(text.slice(0, at)).map(each => ({ ...each, digest }))]
      : splitTags(text)
  return readings.sort((a, b) => b.path.length - a.path.length)
}

function splitTags(text: string): Reading[] {
  const readings: Reading[] = [{ path: text }]
  for (let colon = text.lastIndexOf(':'); colon > 0; colon = text.lastIndexOf(':', colon - 1)) {
    if (colon < text.length - 1) readings.push({ path: text.slice(0, colon), tag: text.slice(colon + 1) })
  }
  return readings
}

function rejectLocation(problem: string): never {
  throw new ArchparityError('LAYOUT_INVALID', `cannot open the OCI layout: ${problem}`, { hint: HINT })
}
