import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { LabHost } from './host.js'
import { type SshAccess, writeSshWrapper } from './ssh-access.js'

/**
 * One environment in which every one of the hosts is reached. It holds as long as the first host that is behind ssh
 * runs. Hosts that want different values of a variable cannot be joined: two engines behind TLS.
 */
export async function joinHosts(
  hosts: readonly (LabHost & { readonly ssh?: SshAccess })[],
): Promise<Readonly<Record<string, string>>> {
  const joined: Record<string, string> = {}
  for (const { name, env } of hosts) {
    for (const [variable, value] of Object.entries(env)) {
      if (variable === 'PATH') continue
      if (joined[variable] !== undefined && joined[variable] !== value)
        throw new Error(`${name} wants another ${variable} than a host before it`)
      joined[variable] = value
    }
  }
  const accesses = hosts.flatMap(({ ssh }) => (ssh ? [ssh] : []))
  const first = accesses[0]
  if (first === undefined) return joined
  const folder = path.join(path.dirname(first.config), `joined-${accesses.length}`)
  await mkdir(folder, { recursive: true })
  const config = path.join(folder, 'config')
  await writeFile(config, accesses.map(access => `Include ${access.config}\n`).join(''))
  const { bin } = await writeSshWrapper(folder, config)
  return { ...joined, PATH: `${bin}:${process.env.PATH}` }
}
