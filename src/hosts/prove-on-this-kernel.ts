import type { Buffer } from 'node:buffer'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeProbeProgram, PROBE_EXIT_CODE, PROBE_PADDING } from './probe-program.js'
import { readProbeReport } from './probe-report.js'
import { PROOF_TIMEOUT_MS, type ProofResult } from './proof.js'

/** Runs the probe program of an architecture as a process of this machine. */
export async function proveOnThisKernel(architecture: string): Promise<ProofResult> {
  const program = makeProbeProgram(architecture)
  if (program === undefined)
    return { ran: false, detail: 'there is no test program for it', inconclusive: true }
  const directory = await mkdtemp(path.join(tmpdir(), 'archparity-probe-'))
  try {
    const file = path.join(directory, 'probe')
    await writeFile(file, program, { mode: 0o755 })
    const { code, detail, stdout } = await start(file)
    if (code !== PROBE_EXIT_CODE) return { ran: false, detail }
    const report = readProbeReport(architecture, stdout)
    return { ran: true, detail, ...(report === undefined ? {} : { report }) }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function start(file: string): Promise<{ code: unknown; detail: string; stdout: Buffer }> {
  const [name, value] = PROBE_PADDING
  const options = { timeout: PROOF_TIMEOUT_MS, encoding: 'buffer', env: { [name]: value } } as const
  return new Promise(resolve => {
    execFile(file, options, (error, stdout, stderr) => {
      const words = stderr.toString('utf8').trim().split('\n')[0]
      const detail = words || (error?.message.split('\n')[0] ?? 'it exited 0')
      resolve({ code: error?.code, detail, stdout })
    })
  })
}
