import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import type { FileEntry } from '../layer.js'
import { holdLock } from '../lock.js'
import { findLabFolder } from '../places.js'

/** What npm is told of the machine that packages are for. */
export interface NpmPlatform {
  /** npm's word: `x64`, `arm64`, `arm`, `ia32`, `s390x`, `ppc64`. */
  readonly cpu: string
  readonly libc?: 'glibc' | 'musl'
}

/**
 * Gives `node_modules` as `npm install` makes it for that machine, in no other than exact versions; below `folder`.
 * Install scripts do not run.
 */
export async function installNpmPackages(
  dependencies: Readonly<Record<string, string>>,
  { cpu, libc = 'glibc' }: NpmPlatform,
  folder: string,
): Promise<FileEntry[]> {
  const key = createHash('sha256').update(JSON.stringify(dependencies)).digest('hex').slice(0, 12)
  const kept = path.join(findLabFolder('npm'), `${key}-${cpu}-${libc}`)
  if (!existsSync(kept))
    await holdLock(findLabFolder('npm'), async () => {
      if (existsSync(kept)) return
      const work = await mkdtemp(path.join(findLabFolder('npm'), 'install-'))
      try {
        const project = { name: 'app', version: '1.0.0', private: true, dependencies }
        await mkdir(work, { recursive: true })
        await writeFile(path.join(work, 'package.json'), JSON.stringify(project, null, 2))
        const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline']
        const machine = ['--os=linux', `--cpu=${cpu}`, `--libc=${libc}`]
        await execa('npm', ['install', ...flags, ...machine], { cwd: work, stdin: 'ignore' })
        await rename(work, kept)
      } finally {
        await rm(work, { recursive: true, force: true })
      }
    })
  return await readFolder(kept, folder)
}

async function readFolder(from: string, to: string): Promise<FileEntry[]> {
  const entries: FileEntry[] = [{ path: to, directory: true }]
  for (const name of (await readdir(from)).sort()) {
    const [source, target] = [path.join(from, name), `${to}/${name}`]
    const status = await lstat(source)
    if (status.isDirectory()) entries.push(...(await readFolder(source, target)))
    else if (status.isSymbolicLink()) entries.push({ path: target, link: await readlink(source) })
    else
      entries.push({
        ...{ path: target, content: await readFile(source) },
        mode: status.mode & 0o111 ? 0o755 : 0o644,
      })
  }
  return entries
}
