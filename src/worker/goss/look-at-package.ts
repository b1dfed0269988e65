import { Buffer } from 'node:buffer'
import type { ByteSource } from '../../audit/byte-source.js'
import type { Package } from '../../audit/inventory.js'
import { apk } from '../../audit/probes/apk.js'
import { dpkgStatus } from '../../audit/probes/dpkg/dpkg-status.js'
import type { Probe } from '../../audit/probes/probe.js'
import { rpm } from '../../audit/probes/rpm/rpm.js'
import type { GossCheck } from '../../suites/goss/goss-suite.js'
import type { ContainerHandle } from '../container/container-handle.js'
import { CheckFailure } from '../failure.js'
import { type Look, makeSight, type Sight } from './look.js'
import { readStored, readStoredFolder, requireWhole } from './read-stored.js'

/** Where each kind of package manager keeps what is installed; a folder has one file for each package. */
const DATABASES: readonly {
  readonly probe: Probe
  readonly files: readonly string[]
  readonly folder?: string
}[] = [
  { probe: dpkgStatus, files: ['var/lib/dpkg/status'], folder: 'var/lib/dpkg/status.d' },
  { probe: apk, files: ['lib/apk/db/installed', 'usr/lib/apk/db/installed'] },
  {
    probe: rpm,
    files: ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'].flatMap(folder =>
      ['rpmdb.sqlite', 'Packages.db', 'Packages'].map(name => `${folder}/${name}`),
    ),
  },
]

/** Data bases that are not read; a package that they may hold cannot be said to be missing. */
const UNREAD: readonly (readonly [folder: string, manager: string])[] = [['/var/lib/pacman/local', 'pacman']]

const known = new WeakMap<ContainerHandle, Promise<readonly Package[]>>()

/** Looks for a package in the data bases of dpkg, apk and rpm, with no program of theirs. */
export async function lookAtPackage(check: GossCheck, { handle }: Look): Promise<Sight> {
  const reading = known.get(handle) ?? readPackages(handle)
  known.set(handle, reading)
  reading.catch(() => known.delete(handle))
  const installed = (await reading).filter(({ name }) => name === check.subject)
  const versions = installed.map(({ version }) => version)
  return makeSight(check, { installed: versions.length > 0, versions })
}

async function readPackages(handle: ContainerHandle): Promise<Package[]> {
  const packages: Package[] = []
  let found = false
  for (const { probe, files, folder } of DATABASES) {
    for (const file of files) {
      const { result } = await readStored(handle, `/${file}`, probe.maxBytes)
      if (result.type !== 'file') continue
      requireWhole(`/${file}`, result.size ?? 0, probe.maxBytes)
      found = true
      packages.push(...(await readDatabase(probe, file, Buffer.from(result.bytes))))
    }
    const parts =
      folder === undefined ? undefined : await readStoredFolder(handle, `/${folder}`, probe.maxBytes)
    for (const [name, bytes] of parts ?? []) {
      if (!probe.matches(`${folder}/${name}`)) continue
      found = true
      packages.push(...(await readDatabase(probe, `${folder}/${name}`, bytes)))
    }
  }
  if (!found) await refuseUnread(handle)
  return packages
}

async function readDatabase(probe: Probe, path: string, bytes: Buffer): Promise<readonly Package[]> {
  const source: ByteSource = {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  }
  const fact = await probe.read(source, path)
  if (fact === undefined && bytes.length === 0) return []
  const problem = fact?.kind === 'packages' ? fact.problem : 'it is damaged'
  if (fact?.kind === 'packages' && problem === undefined) return fact.packages
  throw new CheckFailure(
    'infrastructure',
    'PACKAGES_UNREADABLE',
    `The package data base /${path} cannot be read: ${problem}`,
  )
}

async function refuseUnread(handle: ContainerHandle): Promise<void> {
  for (const [folder, manager] of UNREAD) {
    const { result } = await readStored(handle, folder, 0)
    if (result.exists)
      throw new CheckFailure(
        'infrastructure',
        'PACKAGES_UNREADABLE',
        `${folder}: the data base of ${manager} is not supported, so its packages cannot be known: ask a command`,
      )
  }
}
