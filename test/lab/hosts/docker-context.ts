import { createHash } from 'node:crypto'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** What `docker context create NAME --docker host=...` is told. */
export interface DockerContext {
  readonly name: string
  /** `unix://`, `tcp://` or `ssh://`. */
  readonly host: string
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`. */
  readonly certificates?: string
}

/**
 * Writes a context into a folder for DOCKER_CONFIG, as `docker context create` does (docker/cli, cli/context/store:
 * folders are named by the SHA-256 of the context's name).
 */
export async function writeDockerContext(config: string, context: DockerContext): Promise<void> {
  const id = createHash('sha256').update(context.name).digest('hex')
  const meta = path.join(config, 'contexts', 'meta', id)
  await mkdir(meta, { recursive: true })
  const endpoint = { Host: context.host, SkipTLSVerify: false }
  const text = JSON.stringify({ Name: context.name, Metadata: {}, Endpoints: { docker: endpoint } })
  await writeFile(path.join(meta, 'meta.json'), text)
  if (context.certificates === undefined) return
  const tls = path.join(config, 'contexts', 'tls', id, 'docker')
  await mkdir(tls, { recursive: true })
  for (const name of ['ca.pem', 'cert.pem', 'key.pem'])
    await copyFile(path.join(context.certificates, name), path.join(tls, name))
}
