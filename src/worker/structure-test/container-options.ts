import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { HostConfig } from 'dockerode'
import { expandVariables } from '../../suites/structure-test/expand-variables.js'
import { readEnv } from '../../suites/structure-test/judge-metadata.js'
import type {
  ContainerRunOptions,
  StructureSuite,
  Variable,
} from '../../suites/structure-test/structure-suite.js'
import type { ContainerOptions } from '../container/options.js'
import { getWorker } from '../worker.js'

/** Variables that a container gets, and with the image's own those that may stand in words; later ones win. */
export function makeEnv(variables: readonly Variable[]): {
  env: Record<string, string>
  image: ReadonlyMap<string, string>
} {
  const own = readEnv(getWorker().context.imageConfig.env)
  const env = Object.fromEntries(
    variables.map(({ key, value }) => [key, expandVariables(value, name => own.get(name))]),
  )
  return { env, image: new Map([...own, ...Object.entries(env)]) }
}

/** How the image's own command is started, where checks ask it something. */
export function makeServiceOptions({
  run,
  globalEnv,
  service = {},
}: Omit<StructureSuite, 'checks'>): ContainerOptions {
  // Its log would be one stream in another form.
  const { tty: _, ...options } = makeContainerOptions(run)
  return {
    ...options,
    start: 'image',
    env: { ...options.env, ...makeEnv(globalEnv).env },
    ...(service.entrypoint === undefined ? {} : { entrypoint: service.entrypoint }),
    ...(service.args === undefined ? {} : { command: service.args }),
  }
}

/** The file's `containerRunOptions`. */
export function makeContainerOptions(run: ContainerRunOptions): ContainerOptions {
  const hostConfig: HostConfig = {
    ...(run.privileged ? { Privileged: true } : {}),
    ...(run.capabilities.length === 0 ? {} : { CapAdd: [...run.capabilities] }),
    ...(run.bindMounts.length === 0 ? {} : { Binds: [...run.bindMounts] }),
  }
  const env = { ...readEnvFile(run.envFile), ...readOwnEnv(run.envVars) }
  return {
    ...(run.user === undefined ? {} : { user: run.user }),
    ...(run.allocateTty ? { tty: true } : {}),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(Object.keys(hostConfig).length === 0 ? {} : { hostConfig }),
  }
}

/** Variables that are handed on from archparity's own environment; one that is not set there is not set. */
function readOwnEnv(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** As `docker run --env-file` reads it: `NAME=value` a line, `NAME` alone from the environment, `#` for comments. */
function readEnvFile(file: string | undefined): Record<string, string> {
  if (file === undefined) return {}
  const lines = readFileSync(path.resolve(getWorker().context.root, file), 'utf8')
    .split(/\r?\n/)
    .map(line => line.trimStart())
  const entries = lines.filter(line => line !== '' && !line.startsWith('#'))
  return {
    ...readOwnEnv(entries.filter(line => !line.includes('='))),
    ...Object.fromEntries(readEnv(entries.filter(line => line.includes('=')))),
  }
}
