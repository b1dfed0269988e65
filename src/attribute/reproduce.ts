import type { RunRecord } from '../compare/run-record.js'
import type { HostFacts } from '../model/host.js'
import type { ResolvedImage } from '../model/image.js'
import type { Observation } from '../model/observation.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { quoteCommand } from './shell-quote.js'

/** What is needed to name an image on a host. */
type Known = Pick<RunRecord, 'image' | 'hosts'>

/**
 * Commands that show on one target, without archparity, what an observation saw; none where that cannot be said.
 * Where nothing was observed the image did not come up: then they start it as it is.
 */
export function listCommands(known: Known, target: Target, observation: Observation | undefined): string[] {
  const start = startRun(known, target)
  if (observation?.kind === 'command' && observation.via === 'script')
    return start === undefined ? [] : [...start.prepare, nameScript(observation.command, start, target)]
  const words = listWords(observation)
  if (start === undefined || words === undefined) return []
  return [...start.prepare, quoteCommand([...start.run, ...words.options, start.name, ...words.arguments])]
}

/** The command that prints a program's ELF header from a platform's image. */
export function showHeader(known: Known, target: Target, program: string): string[] {
  const start = startRun(known, target)
  if (start === undefined) return []
  const words = [...start.run, '--entrypoint', 'cat', start.name, program]
  return [...start.prepare, `${quoteCommand(words)} | head -c 20 | od -An -tx1`]
}

/** The words of `docker run` on the target's host up to the image, and how the image gets there. */
function startRun({ image, hosts }: Known, target: Target) {
  const docker = nameClient(
    target,
    hosts.find(one => one.name === target.host),
  )
  if (image === undefined || docker === undefined) return undefined
  const cpu = target.emulator?.cpu
  const run = [...docker, 'run', '--rm', '--platform', formatPlatform(target.platform)]
  if (cpu !== undefined) run.push('--env', `QEMU_CPU=${cpu}`)
  const [, option, endpoint] = docker
  return {
    ...nameImage(image, target, docker),
    run,
    endpoint: option === '--host' ? endpoint : undefined,
  }
}

const DEFAULT_SOCKETS = ['unix:///var/run/docker.sock', 'unix:///run/docker.sock']
/** The port that Docker's documentation gives to a socket without TLS. */
const PLAIN_PORT = /:2375\/?$/

/** The client with the options that reach a host; undefined where it is not known how. */
function nameClient(target: Target, facts: HostFacts | undefined): string[] | undefined {
  if (facts === undefined) return target.host === 'local' ? ['docker'] : undefined
  const { kind = 'local', endpoint } = facts
  if (kind === 'local' || (kind === 'socket' && DEFAULT_SOCKETS.includes(endpoint))) return ['docker']
  const isSecured = kind === 'tcp' && !PLAIN_PORT.test(endpoint)
  return ['docker', '--host', endpoint, ...(isSecured ? ['--tlsverify'] : [])]
}

/** A script is given the image by its name, and everything else by its environment. */
function nameScript(
  script: string | readonly string[],
  { name, endpoint }: { readonly name: string; readonly endpoint: string | undefined },
  target: Target,
): string {
  const words = [
    'env',
    ...(endpoint === undefined ? [] : [`DOCKER_HOST=${endpoint}`]),
    `DOCKER_DEFAULT_PLATFORM=${formatPlatform(target.platform)}`,
    ...(typeof script === 'string' ? [script] : script),
    name,
  ]
  return quoteCommand(words)
}

interface Words {
  readonly options: readonly string[]
  readonly arguments: readonly string[]
}

function listWords(observation: Observation | undefined): Words | undefined {
  switch (observation?.kind) {
    case 'command': {
      const { command, via } = observation
      if (typeof command === 'string') return { options: ['--entrypoint', 'sh'], arguments: ['-c', command] }
      // `run` gives its words to the image's own entrypoint, as `docker run` does.
      if (via === 'run' || command.length === 0) return { options: [], arguments: command }
      return { options: ['--entrypoint', command[0] as string], arguments: command.slice(1) }
    }
    case 'file':
      return { options: ['--entrypoint', 'ls'], arguments: ['-lnd', observation.path] }
    case 'http':
    case 'logs':
    case undefined:
      return { options: [], arguments: [] }
    default:
      return undefined
  }
}

/** How the engine gets the platform's image, and what it is called there. */
function nameImage(
  image: ResolvedImage,
  target: Target,
  docker: readonly string[],
): { prepare: string[]; name: string } {
  if (image.source === 'registry') return { prepare: [], name: `${image.repository}@${target.digest}` }
  const { os, architecture, variant } = target.platform
  const tag = formatPlatform({ os, architecture, ...(variant ? { variant } : {}) }).replace(
    /[^A-Za-z0-9_.-]/g,
    '-',
  )
  const name = `archparity-repro:${tag}`
  const from = `${image.source === 'oci-archive' ? 'oci-archive' : 'oci'}:${image.repository}`
  const choose = ['--override-os', os, '--override-arch', architecture]
  if (variant) choose.push('--override-variant', variant)
  const copy = ['skopeo', ...choose, 'copy']
  if (docker.length === 1) return { prepare: [quoteCommand([...copy, from, `docker-daemon:${name}`])], name }
  // skopeo knows no engine behind ssh; the client carries the image to any of them.
  const save = quoteCommand([...copy, '--quiet', from, `docker-archive:/dev/stdout:${name}`])
  return { prepare: [`${save} | ${quoteCommand([...docker, 'load'])}`], name }
}
