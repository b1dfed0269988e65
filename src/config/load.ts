import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ArchparityError, describeError } from '../errors.js'
import { type ArchparityConfig, DEFAULTS, type Settings } from './schema.js'
import { validateConfig } from './validate.js'

const FILE_NAMES = ['ts', 'mts', 'js', 'mjs'].map(extension => `archparity.config.${extension}`)

/** A project's configuration and the directory that its paths are relative to. */
export interface LoadedConfig {
  readonly config: ArchparityConfig
  /** Absolute. */
  readonly root: string
  readonly file: string | undefined
}

/**
 * Finds and reads `archparity.config.ts` (or .mts, .js, .mjs) in `cwd`, or the file named by `file`.
 * Throws CONFIG_INVALID where a named file does not exist, does not load, or holds something else.
 */
export async function loadConfig(cwd: string, file?: string): Promise<LoadedConfig> {
  const found =
    file === undefined
      ? FILE_NAMES.map(name => path.join(cwd, name)).find(existsSync)
      : path.resolve(cwd, file)
  if (found === undefined) return { config: {}, root: path.resolve(cwd), file: undefined }
  const shown = path.relative(cwd, found) || found
  if (!existsSync(found)) {
    throw new ArchparityError('CONFIG_INVALID', `There is no configuration file ${shown}`, {
      hint: 'Check the path given to --config.',
    })
  }
  let value: unknown
  try {
    // Loaded here and not above: it brings a bundler with it, which most commands never need.
    const { loadConfigFromFile } = await import('vite')
    const loaded = await loadConfigFromFile(
      { command: 'serve', mode: 'test' },
      found,
      path.dirname(found),
      'silent',
    )
    value = loaded?.config
  } catch (error) {
    throw new ArchparityError('CONFIG_INVALID', `${shown} cannot be loaded: ${describeLoadError(error)}`, {
      hint: 'It must export defineConfig({ ... }) as its default.',
      cause: error,
    })
  }
  const root = path.dirname(found)
  return { config: resolveKeyFolders(validateConfig(value, shown), root), root, file: found }
}

/**
 * A validated configuration whose hosts name their folders of keys absolutely: a relative one counts from `root`, and
 * `~/` is the user's home, which no shell expands in the middle of a word.
 */
export function resolveKeyFolders(config: ArchparityConfig, root: string): ArchparityConfig {
  const hosts = config.hosts?.map(host => {
    if (typeof host === 'string' || host.tls === undefined) return host
    return { ...host, tls: path.resolve(root, host.tls.replace(/^~(?=\/|$)/, homedir())) }
  })
  return hosts === undefined ? config : { ...config, hosts }
}

/** One line: the first of the bundler's own errors with its place in the file, or what the file threw. */
function describeLoadError(error: unknown): string {
  const [first] = (error as { errors?: { message?: string; loc?: { line: number } }[] } | null)?.errors ?? []
  const text = stripVTControlCharacters(first?.message ?? describeError(error)).split('\n')[0] as string
  return first?.loc === undefined ? text : `line ${first.loc.line}: ${text}`
}

/** Fills in defaults; what comes later wins, as the command line does over the file; rules are set one by one. */
export function mergeSettings(...layers: readonly ArchparityConfig[]): Settings {
  const auditRules = Object.assign({}, DEFAULTS.auditRules, ...layers.map(layer => layer.auditRules))
  // Validated: hosts are declarations by then.
  return { ...Object.assign({}, DEFAULTS, ...layers), auditRules } as Settings
}
