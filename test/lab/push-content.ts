import pLimit from 'p-limit'
import { Agent, request } from 'undici'
import type { Content, Part } from './image-writer.js'

/** Where to push: `host:port` of a registry that speaks plain HTTP, and the repository in it. */
export interface PushTarget {
  readonly registry: string
  readonly repository: string
  readonly tag: string
  /** `user:password` */
  readonly credentials?: string
}

/** The machine's proxy has no business on loopback. */
const direct = new Agent({ keepAliveTimeout: 1000 })

/**
 * Pushes what the registry does not hold yet (distribution-spec, "Pushing manifests" and "Pushing blobs
 * monolithically"), and tags the root.
 */
export async function pushContent(content: Content, target: PushTarget): Promise<void> {
  const limit = pLimit(4)
  const unique = [...new Map(content.parts.map(part => [part.digest, part])).values()]
  const blobs = unique.filter(part => part.kind === 'blob')
  await Promise.all(blobs.map(part => limit(() => pushBlob(part, target))))
  // A manifest is refused before its children are there, so these go one after another.
  for (const part of unique.filter(part => part.kind === 'manifest'))
    await pushManifest(part, part.digest, target)
  const root = unique.find(part => part.digest === content.descriptor.digest)
  if (root !== undefined) await pushManifest(root, target.tag, target)
}

async function pushBlob(part: Part, target: PushTarget): Promise<void> {
  const blob = `/v2/${target.repository}/blobs/${part.digest}`
  if ((await send('HEAD', blob, target)).statusCode === 200) return
  const started = await send('POST', `/v2/${target.repository}/blobs/uploads/`, target)
  const location = new URL(String(started.headers.location), `http://${target.registry}`)
  location.searchParams.set('digest', part.digest)
  const type = { 'content-type': 'application/octet-stream' }
  const stored = await send('PUT', `${location.pathname}${location.search}`, target, part.bytes, type)
  expectStatus(stored, 201, `pushing blob ${part.digest}`)
}

async function pushManifest(part: Part, name: string, target: PushTarget): Promise<void> {
  const path = `/v2/${target.repository}/manifests/${name}`
  const held = await send('HEAD', path, target, undefined, { accept: part.mediaType })
  if (held.statusCode === 200 && held.headers['docker-content-digest'] === part.digest) return
  const stored = await send('PUT', path, target, part.bytes, { 'content-type': part.mediaType })
  expectStatus(stored, 201, `pushing manifest ${name} to ${target.repository}`)
}

interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

async function send(
  method: 'HEAD' | 'POST' | 'PUT',
  path: string,
  { registry, credentials }: PushTarget,
  body?: Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const authorization = credentials ? `Basic ${Buffer.from(credentials).toString('base64')}` : undefined
  const answer = await request(`http://${registry}${path}`, {
    method,
    dispatcher: direct,
    headers: { ...headers, ...(authorization ? { authorization } : {}) },
    ...(body ? { body } : {}),
  })
  return { statusCode: answer.statusCode, headers: answer.headers, body: await answer.body.text() }
}

function expectStatus(answer: Answer, status: number, doing: string): void {
  if (answer.statusCode !== status) throw new Error(`${doing}: HTTP ${answer.statusCode} ${answer.body}`)
}
