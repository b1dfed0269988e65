// @ts-check
import { BINFMT_REQUIREMENTS, ensureBinfmt, listMissingHandlers } from './binfmt.mjs'
import { ensureBuild } from './build.mjs'
import { findEngine, listEngineRequirements } from './engine.mjs'
import { holdForeground } from './foreground.mjs'
import { readMachine } from './machine.mjs'
import { ensureNodeModules } from './node-modules.mjs'
import { ensurePackages } from './packages.mjs'
import { findCacheFolder } from './places.mjs'
import { startPrivateEngine } from './private-engine.mjs'
import { REGISTRY_REQUIREMENTS, startRegistry } from './registry.mjs'
import { say } from './say.mjs'
import { createUndoStack } from './undo-stack.mjs'

/** What the lab's tests call beside the engine and the registry. */
const LAB_REQUIREMENTS = [
  { command: 'skopeo', package: 'skopeo' },
  { command: 'buildah', package: 'buildah' },
  { command: 'xmllint', package: 'libxml2-utils' },
  { command: 'readelf', package: 'binutils' },
  { command: 'python3', package: 'python3' },
  { command: 'rpmbuild', package: 'rpm' },
  { command: 'db5.3_load', package: 'db5.3-util' },
]

/**
 * @typedef {object} Wishes
 * @property {boolean} [build] compile src/ to dist/
 * @property {boolean} [engine] a container engine that answers
 * @property {boolean} [binfmt] QEMU handlers for the lab's platforms
 * @property {boolean} [registry] a registry on a loopback port
 * @property {boolean} [labPackages] the Debian packages that the tests call
 */

/**
 * @typedef {object} SetUp
 * @property {NodeJS.ProcessEnv} env for the programs that use what was set up: DOCKER_HOST where clients would not
 *   find the engine by themselves, ARCHPARITY_LAB_REGISTRY and ARCHPARITY_LAB_CACHE
 * @property {string} registry `127.0.0.1:PORT`; empty where none was wished for
 * @property {(file: string, args: readonly string[], options?: { env?: NodeJS.ProcessEnv, cwd?: string }) => Promise<number>} run
 *   runs a program in the foreground with that environment and gives its exit code
 * @property {() => Promise<void>} stop stops everything that was started; safe to call twice
 */

/**
 * Makes ready what is wished for: npm packages always, the rest by name. Uses what is there, installs what is missing
 * where it may, and remembers how to stop what it starts, also for signals that come meanwhile.
 * @param {Wishes} [wishes]
 * @returns {Promise<SetUp>}
 * @throws {import('./setup-error.mjs').SetupError} with everything that it had started already stopped
 */
export async function setUp(wishes = {}) {
  const undo = createUndoStack()
  const abort = new AbortController()
  const foreground = holdForeground(async () => {
    abort.abort()
    await undo.undoAll()
  })
  const stop = async () => {
    await undo.undoAll()
    foreground.release()
  }
  try {
    const { env, registry } = await prepare(wishes, { undo, signal: abort.signal })
    const full = { ...process.env, ...env }
    return {
      env,
      registry,
      run: (file, args, options) =>
        foreground.run(file, args, { ...options, env: { ...full, ...options?.env } }),
      stop,
    }
  } catch (error) {
    // After a signal the handler ends this process; an error of ours would only hide that.
    if (abort.signal.aborted) await new Promise(() => {})
    await stop()
    throw error
  }
}

/**
 * @param {Wishes} wishes
 * @param {{ undo: import('./undo-stack.mjs').UndoStack, signal: AbortSignal }} context
 */
async function prepare(wishes, { undo, signal }) {
  const machine = readMachine()
  await ensureNodeModules({ signal })
  if (wishes.build) await ensureBuild({ signal })
  const found = wishes.engine ? await findEngine() : undefined
  const requirements = [
    ...(wishes.engine && found === undefined ? listEngineRequirements(machine) : []),
    ...(wishes.binfmt && listMissingHandlers().length > 0 ? BINFMT_REQUIREMENTS : []),
    ...(wishes.registry ? REGISTRY_REQUIREMENTS : []),
    ...(wishes.labPackages ? LAB_REQUIREMENTS : []),
  ]
  await ensurePackages(requirements, { machine, undo, signal })
  if (wishes.binfmt) await ensureBinfmt({ machine })
  const started =
    wishes.engine && found === undefined ? await startPrivateEngine({ machine, undo, signal }) : undefined
  const host = started ?? (found?.tell ? found.endpoint : undefined)
  const registry = wishes.registry ? await startLabRegistry({ undo, signal }) : ''
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ARCHPARITY_LAB_CACHE: findCacheFolder(),
    ...(host ? { DOCKER_HOST: host } : {}),
    ...(registry ? { ARCHPARITY_LAB_REGISTRY: registry } : {}),
  }
  return { env, registry }
}

/** @param {{ undo: import('./undo-stack.mjs').UndoStack, signal: AbortSignal }} context */
async function startLabRegistry(context) {
  const registry = await startRegistry(context)
  say(`started a registry at ${registry}`)
  return registry
}
