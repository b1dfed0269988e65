import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { digestBytes } from '../digest-bytes.js'
import type { Content } from '../image-writer.js'
import { holdLock } from '../lock.js'
import { findLabFolder } from '../places.js'
import { AMD64, ARM64 } from '../platforms.js'
import { readLayout, writeArchive, writeLayout } from '../write-layout.js'
import { base } from './base.js'
import type { Recipe } from './recipe.js'

/** One Dockerfile for all platforms; its RUN step executes on each, emulated where it must be. */
const DOCKERFILE = `ARG BASE
FROM \${BASE}
RUN mkdir -p /usr/share/clock && uname -m >/usr/share/clock/built-on
RUN printf '%s\\n' '#!/bin/sh' 'echo "clock $(date -u +%Y)"' 'exec "$@"' >/usr/bin/clock && chmod 755 /usr/bin/clock
ENV TZ=UTC
LABEL org.opencontainers.image.title=clock org.opencontainers.image.version=1.0
ENTRYPOINT ["/usr/bin/clock"]
CMD ["date", "-u"]
`

export const clock: Recipe = {
  name: 'clock',
  about:
    'built from one Dockerfile for linux/amd64 and linux/arm64 (`clockArchive()` gives it as an OCI archive)',
  build: async () => await readLayout(await buildClock()),
}

/** Path of the clock image as an OCI archive, as a build tool writes it to a file. */
export async function clockArchive(): Promise<string> {
  const layout = await buildClock()
  const file = `${layout}.oci`
  await holdLock(path.dirname(layout), async () => {
    if (!existsSync(file)) await writeArchive(await readLayout(layout), file)
  })
  return file
}

/** Builds with buildah, whose output is kept: it takes seconds, and its layers are not the same bytes each time. */
async function buildClock(): Promise<string> {
  const from = await base.build()
  const folder = findLabFolder('clock')
  const key = digestBytes(Buffer.from(DOCKERFILE + from.descriptor.digest)).slice('sha256:'.length, 19)
  const layout = path.join(folder, key)
  if (existsSync(layout)) return layout
  await holdLock(folder, async () => {
    if (existsSync(layout)) return
    const work = await mkdtemp(path.join(folder, 'build-'))
    try {
      await rename(await runBuildah(work, from), layout)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  })
  return layout
}

async function runBuildah(work: string, from: Content): Promise<string> {
  const built = path.join(work, 'built')
  const policy = path.join(work, 'policy.json')
  // Buildah makes a name of the path, and names are in lower case.
  const baseLayout = path.join(tmpdir(), `archparity-clock-base-${process.pid}`)
  await writeLayout(from, baseLayout)
  await writeFile(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }))
  await writeFile(path.join(work, 'Dockerfile'), DOCKERFILE)
  await mkdir(path.join(work, 'context'))
  const storage = [
    '--root',
    path.join(work, 'storage'),
    '--runroot',
    path.join(work, 'run'),
    '--storage-driver',
    'vfs',
  ]
  const buildah = (command: string, ...args: string[]) =>
    execa('buildah', [...storage, ...command.split(' '), ...args], {
      cwd: work,
      stdin: 'ignore',
      env: { BUILDAH_ISOLATION: 'chroot', TMPDIR: work },
    })
  try {
    for (const { platform } of [AMD64, ARM64]) {
      const wanted = `${platform.os}/${platform.architecture}`
      const options = [
        '--platform',
        wanted,
        '--manifest',
        'clock',
        '--build-arg',
        `BASE=oci:${baseLayout}:latest`,
      ]
      const settings = [
        '--signature-policy',
        policy,
        '--timestamp',
        '0',
        '--file',
        path.join(work, 'Dockerfile'),
      ]
      await buildah('build', ...options, ...settings, path.join(work, 'context'))
    }
    await buildah('manifest push', '--all', '--signature-policy', policy, 'clock', `oci:${built}:latest`)
  } finally {
    await rm(baseLayout, { recursive: true, force: true })
  }
  return built
}
