import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import { describeError } from '../errors.js'
import { createFrameParser } from './frames.js'
import { buildProbeImage, PROBE_PATH } from './probe-image.js'
import { PROBE_EXIT_CODE } from './probe-program.js'
import { readProbeReport } from './probe-report.js'
import { PROOF_TIMEOUT_MS, type ProofResult, type Prove } from './proof.js'
import { loadScratchImage } from './scratch-image.js'
import { withTimeout } from './with-timeout.js'

/** Starts probe programs in containers of one engine. */
export interface EngineProver {
  /** Each architecture is tried once; asked again, the answer is the same. Never throws. */
  readonly prove: Prove
  /** Removes the images that were loaded. */
  close(): Promise<void>
}

/** How long an engine may take for what needs no program. */
const ENGINE_TIMEOUT_MS = 30_000
/** How long output may still arrive after the program has ended. */
const DRAIN_MS = 2000
const MAX_STDOUT_BYTES = 64 * 1024
const MAX_STDERR_BYTES = 4096

/**
 * Proves through the engine's API alone, which works wherever the engine runs: for each architecture a scratch
 * image is loaded, and a container of it without network is started and removed. Containers and images carry
 * `labels`, so that a sweep finds what a killed process has left.
 */
export function createEngineProver(engine: Docker, labels: Record<string, string>): EngineProver {
  const proofs = new Map<string, Promise<ProofResult>>()
  const names = new Set<string>()
  const proveOnce = async (architecture: string): Promise<ProofResult> => {
    const image = await buildProbeImage(architecture, labels)
    if (image === undefined) return giveUp('there is no test program for it')
    for (const name of image.names) names.add(name)
    try {
      const name = await withTimeout(loadScratchImage(engine, image), ENGINE_TIMEOUT_MS)
      return await runProbe(engine, name, architecture, labels)
    } catch (error) {
      return giveUp(describeError(error))
    }
  }
  return {
    prove: architecture => {
      const proof = proofs.get(architecture) ?? proveOnce(architecture)
      proofs.set(architecture, proof)
      return proof
    },
    close: async () => {
      await Promise.all(proofs.values())
      const remove = (name: string) =>
        withTimeout(engine.getImage(name).remove({ force: true }), ENGINE_TIMEOUT_MS)
      // Only one of an image's names is the engine's; an engine that is gone removes nothing.
      for (const name of names) await remove(name).catch(() => {})
    },
  }
}

async function runProbe(
  engine: Docker,
  image: string,
  architecture: string,
  labels: Record<string, string>,
): Promise<ProofResult> {
  // Named, so that it can be removed even where the answer to its creation is lost.
  const name = `archparity-probe-${randomUUID()}`
  const container = engine.getContainer(name)
  let stream: Duplex | undefined
  try {
    const options = {
      name,
      platform: `linux/${architecture}`,
      Image: image,
      Labels: labels,
      HostConfig: { NetworkMode: 'none', LogConfig: { Type: 'none', Config: {} } },
    }
    await withTimeout(engine.createContainer(options), ENGINE_TIMEOUT_MS)
    const attaching = container.attach({ stream: true, stdout: true, stderr: true, hijack: true })
    stream = (await withTimeout(attaching, ENGINE_TIMEOUT_MS)) as Duplex
    const output = collectOutput(stream)
    await withTimeout(container.start(), ENGINE_TIMEOUT_MS)
    const end = await waitForEnd(container)
    if (end === 'late') return { ran: false, detail: `it did not end within ${PROOF_TIMEOUT_MS / 1000} s` }
    await withTimeout(output.ended, DRAIN_MS).catch(() => {})
    if (end !== PROBE_EXIT_CODE) return { ran: false, detail: clean(output.stderr()) || `it exited ${end}` }
    const report = readProbeReport(architecture, output.stdout())
    return { ran: true, detail: '', ...(report === undefined ? {} : { report }) }
  } catch (error) {
    const words = describeError(error)
    return saysRefused(words) ? { ran: false, detail: clean(words) } : giveUp(words)
  } finally {
    stream?.destroy()
    await withTimeout(container.remove({ force: true, v: true }), ENGINE_TIMEOUT_MS).catch(() => {})
  }
}

/**
 * Whether these are the words of a kernel that does not start the program, and not of an engine in some other
 * trouble. Docker says it at the start, Podman when it is attached to. A missing file is the interpreter of a
 * handler without flag F, since the program itself is there.
 */
function saysRefused(words: string): boolean {
  return /exec format error/i.test(words) || (words.includes(PROBE_PATH) && /no such file/i.test(words))
}

async function waitForEnd(container: Docker.Container): Promise<number | 'late'> {
  const late = new Error('late')
  const waiting = container.wait() as Promise<{ StatusCode: number }>
  try {
    return (await withTimeout(waiting, PROOF_TIMEOUT_MS, late)).StatusCode
  } catch (error) {
    if (error === late) return 'late'
    throw error
  }
}

function collectOutput(stream: Duplex) {
  const kept = { 1: Buffer.alloc(0), 2: Buffer.alloc(0) }
  const limits = { 1: MAX_STDOUT_BYTES, 2: MAX_STDERR_BYTES }
  stream.on(
    'data',
    createFrameParser((which, payload) => {
      kept[which] = Buffer.concat([kept[which], payload.subarray(0, limits[which] - kept[which].length)])
    }),
  )
  const ended = new Promise<void>(resolve => {
    for (const event of ['end', 'close', 'error'] as const) stream.on(event, () => resolve())
  })
  return { ended, stdout: () => kept[1], stderr: () => kept[2].toString('utf8') }
}

function giveUp(detail: string): ProofResult {
  return { ran: false, detail: clean(detail), inconclusive: true }
}

/** The first line of untrusted words, short and printable. */
function clean(words: string): string {
  const line = words.trim().split('\n')[0] ?? ''
  return line.replaceAll(/\p{C}/gu, '').slice(0, 300)
}
