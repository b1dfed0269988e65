import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { fetchPackages } from '../../lab/debian-packages.js'

/** Packages without scripts, so that dpkg installs them for any architecture and runs nothing. */
const PACKAGES = ['gcc-12-base', 'libgcc-s1', 'libstdc++6', 'libexpat1']

/** Installs real packages with dpkg itself into a new root whose `lib` is a link, as Debian's roots are. */
export async function buildDpkgRoot(architecture: string): Promise<string> {
  const files = await fetchPackages(PACKAGES.map(name => ({ name, architecture })))
  const root = await mkdtemp(path.join(tmpdir(), 'archparity-dpkg-'))
  for (const folder of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'usr/lib'])
    await mkdir(path.join(root, folder), { recursive: true })
  await symlink('usr/lib', path.join(root, 'lib'))
  await writeFile(path.join(root, 'var/lib/dpkg/status'), '')
  await writeFile(path.join(root, 'var/lib/dpkg/arch'), `${architecture}\n`)
  await execa('dpkg', [`--root=${root}`, '--force-depends', '--force-architecture', '--install', ...files])
  return root
}

/** `dpkg-query` of the machine itself, or of the root that is given. */
export async function queryDpkg(args: readonly string[], root = ''): Promise<string[]> {
  const { stdout } = await execa('dpkg-query', [`--admindir=${root}/var/lib/dpkg`, ...args])
  return stdout.split('\n').filter(line => line !== '')
}
