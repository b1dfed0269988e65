import type { ResolvedImage } from '../model/image.js'
import type { Observation } from '../model/observation.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'
import { quoteCommand, quoteWord } from './shell-quote.js'

/**
 * Commands that show on one target, without archparity, what an observation saw; none where that cannot be said.
 * Where nothing was observed the image did not come up: then they start it as it is.
 */
export function listCommands(
  image: ResolvedImage | undefined,
  target: Target,
  observation: Observation | undefined,
): string[] {
  if (image === undefined) return []
  const { prepare, name } = nameImage(image, target)
  const run = ['docker', 'run', '--rm', '--platform', formatPlatform(target.platform)]
  const words = listWords(observation)
  if (words === undefined) return []
  return [...prepare, quoteCommand([...run, ...words.options, name, ...words.arguments])]
}

/** The command that prints a program's ELF header from a platform's image. */
export function showHeader(image: ResolvedImage | undefined, target: Target, program: string): string[] {
  if (image === undefined) return []
  const { prepare, name } = nameImage(image, target)
  const platform = formatPlatform(target.platform)
  const words = ['docker', 'run', '--rm', '--platform', platform, '--entrypoint', 'cat', name, program]
  return [...prepare, `${quoteCommand(words)} | head -c 20 | od -An -tx1`]
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
function nameImage(image: ResolvedImage, target: Target): { prepare: string[]; name: string } {
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
  const copy = ['skopeo', ...choose, 'copy', from, `docker-daemon:${name}`]
  return { prepare: [copy.map(quoteWord).join(' ')], name }
}
