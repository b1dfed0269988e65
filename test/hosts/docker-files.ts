import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder for DOCKER_CONFIG of the test's own. */
export async function makeDockerConfig(): Promise<string> {
  const config = await mkdtemp(path.join(tmpdir(), 'docker-config-'))
  onTestFinished(() => rm(config, { recursive: true, force: true }))
  return config
}

/** Writes what stands for the metadata of a context, whatever it is. */
export async function writeMeta(config: string, name: string, meta: unknown): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex')
  const folder = path.join(config, 'contexts', 'meta', id)
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'meta.json'), typeof meta === 'string' ? meta : JSON.stringify(meta))
}

/** Writes a builder as `docker buildx create` keeps it (docker/buildx, store/nodegroup.go), or whatever stands for one. */
export async function writeBuilder(config: string, file: string, content: unknown): Promise<void> {
  const folder = path.join(config, 'buildx', 'instances')
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
}

/** A node with all fields that buildx writes. */
export function makeNode(name: string, endpoint: string, ...platforms: string[]) {
  return {
    Name: name,
    Endpoint: endpoint,
    Platforms:
      platforms.length === 0
        ? null
        : platforms.map(text => {
            const [os, architecture, variant] = text.split('/')
            return { architecture, os, ...(variant === undefined ? {} : { variant }) }
          }),
    DriverOpts: null,
    Flags: ['--allow-insecure-entitlement=network.host'],
    Files: null,
  }
}
