import path from 'node:path'
import { ArchparityError } from '../errors.js'
import { parsePlatform } from '../model/platform.js'
import { findDockerConfig, readJson } from './docker-context.js'

/** A node of a buildx builder: an engine that the user has declared for building already. */
export interface BuildxNode {
  readonly name: string
  /** An engine's URL, or the name of a Docker context. */
  readonly endpoint: string
  /** Platforms that the user gave it with `--platform`; empty where none. */
  readonly platforms: readonly string[]
}

/**
 * Reads the nodes of a builder, from where `docker buildx create` keeps them. Throws ENGINE_UNAVAILABLE where there
 * is no such builder, or where it is not made of engines (Kubernetes, a remote BuildKit).
 */
export async function readBuildxNodes(builder: string, env: NodeJS.ProcessEnv): Promise<BuildxNode[]> {
  const folder = env.BUILDX_CONFIG || path.join(findDockerConfig(env), 'buildx')
  // buildx keeps names in lower case, and allows no others (docker/buildx, store/util.go).
  const isName = /^[a-zA-Z][\w.-]*$/.test(builder)
  const file = path.join(folder, 'instances', builder.toLowerCase())
  const instance = isName ? ((await readJson(file)) as BuildxInstance | undefined) : undefined
  const { Driver: driver, Nodes: nodes } = instance ?? {}
  if (instance === undefined || !Array.isArray(nodes)) {
    throw new ArchparityError('ENGINE_UNAVAILABLE', `There is no buildx builder "${builder}" in ${folder}`, {
      hint: 'List the builders with `docker buildx ls`.',
    })
  }
  if (driver !== 'docker-container' && driver !== 'docker') {
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `The buildx builder "${builder}" has the driver ${JSON.stringify(driver)}, whose nodes are no container engines`,
      { hint: 'Name its machines as hosts of their own: --host ssh://...' },
    )
  }
  const readable = nodes.flatMap(readNode)
  if (readable.length > 0) return readable
  throw new ArchparityError(
    'ENGINE_UNAVAILABLE',
    `The buildx builder "${builder}" has no node that can be read`,
    {
      hint: 'List its nodes with `docker buildx ls`.',
      details: { file },
    },
  )
}

interface BuildxInstance {
  readonly Driver?: unknown
  readonly Nodes?: unknown
}

function readNode(node: unknown): BuildxNode[] {
  const { Name: name, Endpoint: endpoint, Platforms: platforms } = asObject(node)
  if (typeof name !== 'string' || typeof endpoint !== 'string' || endpoint === '') return []
  const given = Array.isArray(platforms) ? platforms.flatMap(describePlatform) : []
  return [{ name, endpoint, platforms: given }]
}

/** A platform that archparity does not know as one is left out: nothing is planned for it. */
function describePlatform(platform: unknown): string[] {
  const { os, architecture, variant } = asObject(platform)
  if (typeof os !== 'string' || typeof architecture !== 'string') return []
  const text = [os, architecture, ...(typeof variant === 'string' && variant !== '' ? [variant] : [])].join(
    '/',
  )
  return parsePlatform(text) === undefined ? [] : [text]
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
