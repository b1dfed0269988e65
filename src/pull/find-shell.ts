import type Docker from 'dockerode'
import { isDirectoryStat, isSymlinkStat, statPath } from '../hosts/container-archive.js'

/** Where images keep their POSIX shell, the likeliest first; the last ones are distroless debug images'. */
const SHELLS = ['/bin/sh', '/usr/bin/sh', '/bin/bash', '/bin/ash', '/busybox/sh', '/bin/busybox/sh']

/**
 * Finds the shell of an image without running anything in it: in a container that is created, looked into and
 * removed. Undefined where it has none. `labels` make the container one that a later run can sweep.
 */
export async function findShell(
  engine: Docker,
  image: string,
  labels: Record<string, string>,
): Promise<string | undefined> {
  const container = await engine.createContainer({ Image: image, Cmd: ['archparity'], Labels: labels })
  try {
    for (const shell of SHELLS) {
      if (await isExecutableFile(container, shell)) return shell
    }
    return undefined
  } finally {
    await container.remove({ force: true, v: true })
  }
}

async function isExecutableFile(container: Docker.Container, path: string): Promise<boolean> {
  const stat = await statPath(container, path)
  if (stat === undefined) return false
  // A link's own mode says nothing; where it leads does.
  const real = isSymlinkStat(stat) ? await statPath(container, stat.linkTarget) : stat
  return real !== undefined && !isDirectoryStat(real) && (real.mode & 0o111) !== 0
}
