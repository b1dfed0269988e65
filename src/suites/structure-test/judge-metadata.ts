import type { ImageConfig } from '../../model/image.js'
import { compilePattern } from '../compile-pattern.js'
import type { ExpectedPair, MetadataCheck } from './structure-suite.js'

/** Everything in which the image's configuration is not what the check expects. */
export function judgeMetadata(check: MetadataCheck, config: ImageConfig): string[] {
  const env = readEnv(config.env)
  const labels = new Map(Object.entries(config.labels))
  const ports = config.exposedPorts.map(port => port.split('/')[0] as string)
  return [
    ...check.env.flatMap(pair => judgePair('variable', pair, env)),
    ...check.unboundEnv.filter(key => env.has(key)).map(key => `variable ${key} is set and should not be`),
    ...check.labels.flatMap(pair => judgePair('label', pair, labels)),
    ...judgeVector('cmd', check.cmd, config.command),
    ...judgeVector('entrypoint', check.entrypoint, config.entrypoint),
    ...judgeText('workdir', check.workdir, config.workingDir),
    ...judgeText('user', check.user, config.user),
    ...check.exposedPorts
      .filter(port => !isListed(port, ports, config))
      .map(port => `port ${port} is not exposed`),
    ...check.unexposedPorts
      .filter(port => isListed(port, ports, config))
      .map(port => `port ${port} is exposed and should not be`),
    ...check.volumes
      .filter(volume => !config.volumes.includes(volume))
      .map(volume => `volume ${volume} is not declared`),
    ...check.unmountedVolumes
      .filter(volume => config.volumes.includes(volume))
      .map(volume => `volume ${volume} is declared and should not be`),
  ]
}

/** The values that the check asks for, to be compared across platforms. */
export function listAskedValues(check: MetadataCheck, config: ImageConfig): Record<string, unknown> {
  const env = readEnv(config.env)
  return {
    ...(check.env.length === 0
      ? {}
      : { env: Object.fromEntries(check.env.map(({ key }) => [key, env.get(key) ?? null])) }),
    ...(check.labels.length === 0
      ? {}
      : { labels: Object.fromEntries(check.labels.map(({ key }) => [key, config.labels[key] ?? null])) }),
    ...(check.cmd === undefined ? {} : { cmd: config.command ?? [] }),
    ...(check.entrypoint === undefined ? {} : { entrypoint: config.entrypoint ?? [] }),
    ...(check.workdir === undefined ? {} : { workdir: config.workingDir ?? '' }),
    ...(check.user === undefined ? {} : { user: config.user ?? '' }),
    ...(check.exposedPorts.length + check.unexposedPorts.length === 0 ? {} : { ports: config.exposedPorts }),
    ...(check.volumes.length + check.unmountedVolumes.length === 0 ? {} : { volumes: config.volumes }),
  }
}

/** Variables as a map; of two with one name the engine takes the last. */
export function readEnv(variables: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    variables.map(each => {
      const at = each.indexOf('=')
      return at === -1 ? [each, ''] : [each.slice(0, at), each.slice(at + 1)]
    }),
  )
}

/** By the bare number, as that tool compares; with its protocol, `53/udp`, it must be that one. */
const isListed = (port: string, ports: readonly string[], config: ImageConfig): boolean =>
  port.includes('/') ? config.exposedPorts.includes(port) : ports.includes(port)

function judgePair(what: string, pair: ExpectedPair, values: ReadonlyMap<string, string>): string[] {
  const value = values.get(pair.key)
  if (value === undefined) return [`${what} ${pair.key} is not set`]
  const holds = pair.isRegex ? compilePattern(pair.value).matches(value) : value === pair.value
  const expected = pair.isRegex
    ? `does not match ${JSON.stringify(pair.value)}`
    : `expected ${JSON.stringify(pair.value)}`
  return holds ? [] : [`${what} ${pair.key} is ${JSON.stringify(value)}, ${expected}`]
}

function judgeVector(
  what: string,
  expected: readonly string[] | undefined,
  found: readonly string[] = [],
): string[] {
  if (expected === undefined || JSON.stringify(expected) === JSON.stringify(found)) return []
  return [`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`]
}

function judgeText(what: string, expected: string | undefined, found = ''): string[] {
  if (expected === undefined || expected === found) return []
  return [`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`]
}
