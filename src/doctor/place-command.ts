import { quoteWord } from '../attribute/shell-quote.js'
import { redactUrl } from '../hosts/engine-client.js'
import { parseSshEndpoint } from '../hosts/ssh/destination.js'
import type { Advice, Mend } from './advice.js'
import type { KnownHost } from './known-host.js'

/** Whether a line of shell can be run on the host from here: it is this machine, or there is a login. */
export function hasShell({ facts }: KnownHost): boolean {
  return facts.kind === 'ssh' || facts.sameKernel
}

/** The line that a user copies to run a command on that host, and where to type it if that is not here. */
export function placeCommand(host: KnownHost, mend: Mend): Pick<Advice, 'command' | 'where'> {
  const { facts, spec } = host
  const isPodman = facts.engine.name === 'Podman'
  const client = isPodman ? 'podman' : 'docker'
  const line = 'shell' in mend ? mend.shell : `${client} ${mend.engine}`
  const typed = host.asRoot ? line.replaceAll(/\bsudo /g, '') : line
  if (facts.kind === 'ssh') {
    const { destination, port } = parseSshEndpoint(spec)
    // A terminal, since sudo and prune ask.
    return { command: `ssh -t${port === undefined ? '' : ` -p ${port}`} ${destination} ${quoteWord(typed)}` }
  }
  if ('engine' in mend && facts.kind === 'local') return { command: typed }
  if ('engine' in mend && facts.kind === 'socket') {
    return {
      command: `${client} ${isPodman ? '--url' : '--host'} ${quoteWord(spec.endpoint)} ${mend.engine}`,
    }
  }
  if (facts.sameKernel) return { command: typed }
  return { command: line, where: `on the machine of ${redactUrl(spec.endpoint)}` }
}
