import type { Host } from './host.js'
import { proveOnThisKernel } from './prove-on-this-kernel.js'
import { createEngineProver, type EngineProver } from './prove-through-engine.js'

/**
 * The prover for a host: processes of this machine where the engine runs on its kernel, which is quicker and
 * leaves the engine alone; containers with these labels everywhere else.
 */
export function createProver(
  host: Pick<Host, 'engine' | 'facts'>,
  labels: Record<string, string>,
): EngineProver {
  return host.facts.sameKernel
    ? { prove: proveOnThisKernel, close: async () => {} }
    : createEngineProver(host.engine, labels)
}
