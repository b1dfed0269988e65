import path from 'node:path'
import { ArchparityError } from '../errors.js'
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
  const file = path.join(folder, 'instances', path.basename(builder))
  const instance = (await readJson(file)) as BuildxInstance | undefined
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
  return nodes.flatMap(({ Name: name, Endpoint: endpoint, Platforms: platforms }) =>
    typeof name === 'string' && typeof endpoint === 'string'
      ? [{ name, endpoint, platforms: (platforms ?? []).flatMap(describePlatform) }]
      : [],
  )
}

interface BuildxInstance {
  readonly Driver?: unknown
  readonly Nodes?: readonly {
    readonly Name?: unknown
    readonly Endpoint?: unknown
    readonly Platforms?: readonly { os?: unknown; architecture?: unknown; variant?: unknown }[] | null
  }[]
}

function describePlatform({ os, architecture, variant }: Record<string, unknown>): string[] {
  if (typeof os !== 'string' || typeof architecture !== 'string') return []
  return [[os, architecture, ...(typeof variant === 'string' && variant !== '' ? [variant] : [])].join('/')]
}
