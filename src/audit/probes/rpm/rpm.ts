import type { ByteSource } from '../../byte-source.js'
import type { FileFact } from '../../inventory.js'
import { createPackageList, createPathBudget, describeTooLarge, TOO_MANY, TOO_MANY_PATHS } from '../limits.js'
import type { Probe } from '../probe.js'
import { PROBE_BYTES } from '../probe-bytes.js'
import { readPart } from '../read-all.js'
import { isBerkeley, readBerkeleyBlobs } from './berkeley-blobs.js'
import type { Blobs } from './blobs.js'
import { parseHeader } from './header.js'
import { isNdb, readNdbBlobs } from './ndb-blobs.js'
import { isSqlite, readSqliteBlobs } from './sqlite-blobs.js'

const FOLDERS: ReadonlySet<string> = new Set(['var/lib/rpm/', 'usr/lib/sysimage/rpm/', 'usr/share/rpm/'])
const FILES: ReadonlySet<string> = new Set(['rpmdb.sqlite', 'Packages', 'Packages.db'])

/**
 * rpm's database of installed packages in each of its three formats: SQLite, ndb, Berkeley DB. What a write-ahead log
 * beside a SQLite database holds is not seen; rpm empties it when it ends.
 */
export const rpm: Probe = {
  id: 'rpm',
  maxBytes: PROBE_BYTES.rpm,
  matches(path) {
    const slash = path.lastIndexOf('/') + 1
    return FILES.has(path.slice(slash)) && FOLDERS.has(path.slice(0, slash))
  },
  read(source) {
    if (source.size > rpm.maxBytes)
      return { kind: 'packages', packages: [], problem: describeTooLarge(source.size, rpm.maxBytes) }
    const blobs = openDatabase(source)
    return blobs === undefined ? undefined : collect(blobs)
  },
}

function openDatabase(source: ByteSource): Blobs | undefined {
  const head = Buffer.from(readPart(source, 0, 100))
  if (isSqlite(head)) return readSqliteBlobs(source)
  if (isNdb(head)) return readNdbBlobs(source)
  return isBerkeley(head) ? readBerkeleyBlobs(source) : undefined
}

function collect(blobs: Blobs): FileFact {
  const list = createPackageList()
  const budget = createPathBudget()
  const files: Record<string, string[]> = Object.create(null)
  let problem: string | undefined
  while (problem === undefined) {
    const next = blobs.next()
    if (next.done) {
      problem = next.value
      break
    }
    const found = parseHeader(next.value)
    // Berkeley DB's first value is a counter; a damaged header costs its own package alone.
    if (found === undefined) continue
    if (!list.add(found.package)) problem = TOO_MANY
    let paths = files[found.package.name]
    if (paths === undefined) {
      paths = []
      files[found.package.name] = paths
    }
    for (const path of found.files) {
      if (!budget.take(path)) {
        problem = TOO_MANY_PATHS
        break
      }
      if (path !== '') paths.push(path)
    }
  }
  return { kind: 'packages', packages: list.items, files, ...(problem === undefined ? {} : { problem }) }
}
