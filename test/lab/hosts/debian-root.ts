import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { findMirror } from '../debian-packages.js'
import { buildOnce } from './build-once.js'
import type { RootRecipe } from './root-recipes.js'

const USERS = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
member:x:1000:1000:may use the engine:/home/member:/bin/sh
stranger:x:1001:1001:may not use the engine:/home/stranger:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`
const GROUPS = `root:x:0:
daemon:x:1:
tty:x:5:
docker:x:999:member
member:x:1000:
stranger:x:1001:
nogroup:x:65534:
`
/** `*` is no password that could be typed, and no lock: keys are taken. */
const SHADOW = ['root', 'daemon', 'sshd', 'member', 'stranger', 'nobody']
  .map(user => `${user}:*:19000:0:99999:7:::\n`)
  .join('')

const SPARE = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/info',
  'var/lib/apt',
  'var/cache/apt',
]

/** A root of the cache: to be read only. Built once a machine, and again where the recipe or this file has changed. */
export async function ensureDebianRoot(name: string, recipe: RootRecipe): Promise<string> {
  const source = await readFile(fileURLToPath(import.meta.url), 'utf8')
  return await buildOnce(name, [recipe, source], folder => buildDebianRoot(folder, recipe))
}

/**
 * Unpacks a Debian root into `folder`, without running any of its programs: what maintainer scripts would have done,
 * and a host needs, is done here.
 */
export async function buildDebianRoot(folder: string, recipe: RootRecipe): Promise<void> {
  await execa(
    'mmdebstrap',
    [
      ...['--variant=extract', '--mode=root', '--quiet', `--architectures=${recipe.architecture}`],
      ...['--skip=check/empty', '--skip=check/qemu', '--skip=cleanup/tmp'],
      ...['--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr', '--aptopt=APT::Install-Recommends "false"'],
      ...[`--include=${recipe.packages.join(',')}`, recipe.suite, folder, findMirror()],
    ],
    { stdin: 'ignore', all: true },
  )
  const find = (name: string) => path.join(folder, name)
  await Promise.all(SPARE.map(name => rm(find(name), { recursive: true, force: true })))
  for (const name of ['proc', 'sys', 'dev', 'run', 'tmp', 'root', 'lab', 'home/member', 'home/stranger'])
    await mkdir(find(name), { recursive: true })
  await execa('chown', ['1000:1000', find('home/member')])
  await execa('chown', ['1001:1001', find('home/stranger')])
  await writeFile(find('etc/passwd'), USERS)
  await writeFile(find('etc/group'), GROUPS)
  await writeFile(find('etc/shadow'), SHADOW)
  await chmod(find('etc/shadow'), 0o640)
  await replaceBySymlink(find('usr/bin/sh'), 'dash')
  await replaceBySymlink(find('var/run'), '/run')
  for (const name of await readdir(find('usr/sbin'))) {
    const family = /^(ip6?tables)-nft(-save|-restore)?$/.exec(name)
    if (family) await replaceBySymlink(find(`usr/sbin/${family[1]}${family[2] ?? ''}`), name)
  }
}

async function replaceBySymlink(file: string, target: string): Promise<void> {
  await rm(file, { recursive: true, force: true })
  await symlink(target, file)
}
