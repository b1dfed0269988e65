// @ts-check
import { importLab } from '../../scripts/import-lab.mjs'

/** @typedef {import('../../test/lab/hosts/ssh-host.js').SshHost} SshHost */

/** What the ways are called. The second is the engine of the third without ssh: that is what ssh itself costs. */
export const WAYS = [
  "this machine's engine",
  "the ssh host's engine by its socket",
  'the same engine by ssh://',
  "Podman's socket",
]

/**
 * One way to an engine, as flags of `archparity run` that leave no other.
 * @typedef {object} Way
 * @property {readonly string[]} flags
 * @property {Readonly<Record<string, string>>} env
 */

/**
 * Why this machine can have no such hosts; undefined where it can.
 */
export async function findLabProblem() {
  /** @type {typeof import('../../test/lab/hosts/requirements.js')} */
  const { findHostProblem } = await importLab('hosts/requirements.ts')
  for (const kind of /** @type {const} */ (['ssh', 'podman'])) {
    const problem = await findHostProblem(kind)
    if (problem !== undefined) return problem
  }
}

/**
 * Starts the lab's hosts.
 * @param {string} registry of this machine's loopback, which is the same inside
 * @param {import('../../scripts/setup/undo-stack.mjs').UndoStack} undo stops them
 * @returns {Promise<{ ssh: SshHost, ways: Way[] }>} `ways` in the order of WAYS
 */
export async function startLabHosts(registry, undo) {
  /** @type {typeof import('../../test/lab/hosts/ssh-host.js')} */
  const { startSshHost } = await importLab('hosts/ssh-host.ts')
  /** @type {typeof import('../../test/lab/hosts/podman.js')} */
  const { startPodman } = await importLab('hosts/podman.ts')
  const ssh = await startSshHost({ registries: [registry] })
  undo.add('stop the ssh host', ssh.stop)
  const podman = await startPodman({ registries: [registry] })
  undo.add('stop Podman', podman.stop)
  const reach = (/** @type {string} */ endpoint, env = {}) => ({
    env,
    flags: ['--no-local', '--host', `far=${endpoint}`],
  })
  return {
    ssh,
    ways: [
      { flags: [], env: {} },
      reach(`unix://${ssh.socketPath}`),
      reach(ssh.endpoint, ssh.env),
      reach(podman.endpoint),
    ],
  }
}
