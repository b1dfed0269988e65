import type { HostDeclaration } from '../config/host-declaration.js'
import { ArchparityError } from '../errors.js'
import { readBuildxNodes } from './buildx-builder.js'
import { readDockerContext } from './docker-context.js'
import { findLocalEndpoint } from './endpoint.js'
import { redactUrl } from './engine-client.js'
import type { HostSpec } from './host.js'

/** A host whose name may still be another's; `given` are names that the user gave, and no others may have. */
type Draft = HostSpec & { readonly given: boolean }

/** What a declaration stands for that names no endpoint itself. A new group is a function and a line here. */
const GROUPS: Readonly<Record<string, (name: string, env: NodeJS.ProcessEnv) => Promise<HostDeclaration[]>>> =
  {
    context: async (name, env) => {
      // Docker's own word for no context: DOCKER_HOST, or the usual socket.
      if (name === 'default') {
        const { url, tls } = await findLocalEndpoint({ ...env, DOCKER_CONTEXT: name })
        return [{ name, endpoint: url, ...(tls === undefined ? {} : { tls }) }]
      }
      const { endpoint, tls } = await readDockerContext(name, env)
      return [{ name, endpoint, ...(tls === undefined ? {} : { tls }) }]
    },
    buildx: async (name, env) => {
      const nodes = await readBuildxNodes(name, env)
      return nodes.map(({ name, endpoint, platforms }) => ({
        name,
        // A node may name a context in the place of a URL.
        endpoint: endpoint.includes('://') ? endpoint : `context:${endpoint}`,
        ...(platforms.length === 0 ? {} : { platforms }),
      }))
    },
  }

/**
 * Turns declarations into hosts with unique names: contexts and builders become the engines that they stand for, and
 * the engine that Docker's own command uses here comes first as `local`, unless it was declared elsewhere in the
 * list or `local` is false. Throws where a declaration cannot be read, before any host is connected to.
 */
export async function listHosts(
  declarations: readonly HostDeclaration[],
  local: boolean,
  env: NodeJS.ProcessEnv,
): Promise<HostSpec[]> {
  const wantsLocal = declarations.some(each => each.endpoint === 'local')
  const all = local && !wantsLocal ? [{ endpoint: 'local' }, ...declarations] : declarations
  const drafts = await Promise.all(all.map(each => expand(each, each.name !== undefined, env, 0)))
  return nameUniquely(drafts.flat())
}

async function expand(
  declaration: HostDeclaration,
  given: boolean,
  env: NodeJS.ProcessEnv,
  depth: number,
): Promise<Draft[]> {
  const { endpoint, name, ...rest } = declaration
  if (endpoint === 'local') {
    const { url, tls, from } = await findLocalEndpoint(env)
    const keys = rest.tls ?? tls
    const own = { endpoint: url, name: name ?? 'local', given, from, local: true }
    return [{ ...rest, ...own, ...(keys === undefined ? {} : { tls: keys }) }]
  }
  const [, kind = '', group = ''] = /^([a-z]+):([^/].*)$/.exec(endpoint) ?? []
  const members = Object.hasOwn(GROUPS, kind) ? GROUPS[kind] : undefined
  if (members === undefined || depth > 2) {
    const from = `host ${name ?? redactUrl(endpoint)}`
    return [{ ...rest, endpoint, name: name ?? nameEndpoint(endpoint), given, from, local: false }]
  }
  const found = await members(group, env)
  const nested = await Promise.all(
    found.map(member => {
      // A name given to a whole group is that of its only member, else the beginning of each.
      const own = name === undefined ? member.name : found.length === 1 ? name : `${name}-${member.name}`
      return expand(
        { ...member, ...rest, ...(own === undefined ? {} : { name: own }) },
        given,
        env,
        depth + 1,
      )
    }),
  )
  return nested.flat()
}

/** `ssh://root@pi4.lan:22` → `pi4.lan`, `unix:///run/podman/podman.sock` → `podman`. */
function nameEndpoint(endpoint: string): string {
  const rest = endpoint.replace(/^[a-z]+:\/\//, '')
  if (rest.startsWith('/'))
    return (
      rest
        .split('/')
        .at(-1)
        ?.replace(/\.sock$/, '') || 'socket'
    )
  return rest.replace(/^[^/]*@/, '').replace(/(:\d+)?(\/.*)?$/, '') || endpoint
}

function nameUniquely(drafts: readonly Draft[]): HostSpec[] {
  const taken = new Set<string>()
  const order = [...drafts].sort((a, b) => Number(b.given) - Number(a.given))
  const names = new Map<Draft, string>()
  for (const draft of order) {
    if (draft.given && taken.has(draft.name)) {
      throw new ArchparityError('CONFIG_INVALID', `Two hosts are named ${JSON.stringify(draft.name)}`, {
        hint: 'Give each a name of its own: --host NAME=ENDPOINT.',
      })
    }
    let name = draft.name
    for (let count = 2; taken.has(name); count++) name = `${draft.name}-${count}`
    taken.add(name)
    names.set(draft, name)
  }
  return drafts.map(draft => {
    const { given: _, ...spec } = draft
    return { ...spec, name: names.get(draft) as string }
  })
}
