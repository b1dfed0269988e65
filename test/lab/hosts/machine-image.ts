import { copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { buildOnce } from './build-once.js'
import { buildDebianRoot } from './debian-root.js'
import { findGuestScript, writeGuestFiles } from './guest-files.js'
import { MACHINE_PACKAGES, MACHINE_SUITE, type MachineRecipe } from './machine-recipes.js'
import { COMMON_PACKAGES } from './root-recipes.js'
import { readSources } from './sources.js'
import { makeSshKeys } from './ssh-keys.js'

/** A folder of the cache with `kernel`, `initrd`, `disk` (raw ext4) and `ssh` (keys of a client). */
export type MachineImage = string

const DISK_SIZE = '4G'
/** Drivers of the disk, on each bus; where there is none of a name the kernel has it built in. */
const DISK_MODULES = ['virtio_pci', 'virtio_ccw', 'virtio_blk', 'ext4', 'crc32c_generic']
/** Most of a kernel's modules are for devices and file systems that the machine does not have. */
const SPARE_MODULES = ['sound', 'drivers/gpu', 'drivers/media', 'drivers/infiniband', 'drivers/net/ethernet']

/** Builds the image of a machine where it is not there yet; none of its programs is run for it. */
export async function ensureMachineImage(recipe: MachineRecipe): Promise<MachineImage> {
  const sources = await readSources(
    ...['machine-image.ts', 'debian-root.ts', 'guest-files.ts', 'ssh-keys.ts', 'root-recipes.ts'],
    ...['machine-init', 'machine-boot', 'machine-resume', 'start', 'forward', 'drop'].map(
      name => `guest/${name}.sh`,
    ),
  )
  const { debian, kernel } = recipe
  const packages = [...COMMON_PACKAGES, ...MACHINE_PACKAGES, kernel]
  return await buildOnce(`machine-${debian}`, [packages, sources], async folder => {
    const root = path.join(folder, 'root')
    await buildDebianRoot(root, { suite: MACHINE_SUITE, architecture: debian, packages })
    await writeMachineFiles(folder, root)
    await takeKernel(folder, root)
    const disk = path.join(folder, 'disk')
    await execa('truncate', ['--size', DISK_SIZE, disk])
    // No journal: a machine that is killed is thrown away.
    const options = ['-t', 'ext4', '-O', '^has_journal', '-E', 'nodiscard']
    await execa('mke2fs', ['-q', ...options, '-d', root, disk])
    await rm(root, { recursive: true })
  })
}

async function writeMachineFiles(folder: string, root: string): Promise<void> {
  const lab = path.join(root, 'lab')
  await makeSshKeys(path.join(folder, 'ssh'), lab)
  await writeGuestFiles(lab, {
    engine: 'dockerd --config-file /lab/daemon.json',
    scripts: ['machine-boot', 'machine-resume', 'start', 'forward', 'drop'],
    texts: { 'daemon.json': JSON.stringify({ 'storage-driver': 'overlay2' }) },
  })
  await writeFile(path.join(root, 'etc', 'inittab'), '::sysinit:/lab/machine-boot\n')
}

/** Moves the kernel out of the root, and makes an initrd with what it needs to find its disk. */
async function takeKernel(folder: string, root: string): Promise<void> {
  const modules = path.join(root, 'lib', 'modules')
  const version = (await readdir(modules))[0] ?? ''
  for (const name of SPARE_MODULES)
    await rm(path.join(modules, version, 'kernel', name), { recursive: true, force: true })
  await execa('depmod', ['-b', root, version])
  const boot = path.join(root, 'boot')
  const kernel = (await readdir(boot)).find(name => name.startsWith('vmlinu')) ?? ''
  await copyFile(path.join(boot, kernel), path.join(folder, 'kernel'))
  await rm(boot, { recursive: true })

  const initrd = path.join(folder, 'initrd.d')
  for (const name of ['bin', 'dev', 'proc', 'disk', 'modules'])
    await mkdir(path.join(initrd, name), { recursive: true })
  await copyFile(path.join(root, 'usr', 'bin', 'busybox'), path.join(initrd, 'bin', 'busybox'))
  await copyFile(findGuestScript('machine-init.sh'), path.join(initrd, 'init'))
  await execa('chmod', ['755', path.join(initrd, 'init')])
  // Named by the first line of /init.
  await symlink('busybox', path.join(initrd, 'bin', 'sh'))
  const files = await listModuleFiles(root, version)
  for (const file of files) await copyFile(file, path.join(initrd, 'modules', path.basename(file)))
  const order = files.map(file => `${path.basename(file)}\n`).join('')
  await writeFile(path.join(initrd, 'modules', 'order'), order)
  const { stdout } = await execa('cpio', ['--create', '--format=newc', '--quiet'], {
    ...{ cwd: initrd, encoding: 'buffer' as const, input: await listFiles(initrd) },
  })
  await writeFile(path.join(folder, 'initrd'), stdout)
  await rm(initrd, { recursive: true })
}

/** Files of the disk's drivers and of all that they need, in the order in which they are loaded. */
async function listModuleFiles(root: string, version: string): Promise<string[]> {
  const files: string[] = []
  for (const name of DISK_MODULES) {
    const options = ['-d', root, '-S', version, '--show-depends', name]
    const { stdout } = await execa('modprobe', options, { reject: false })
    files.push(...[...stdout.matchAll(/^insmod (\S+)/gm)].map(match => match[1] ?? ''))
  }
  return [...new Set(files)]
}

async function listFiles(folder: string): Promise<string> {
  return (await execa('find', ['.'], { cwd: folder })).stdout
}
