import type { ProbeReport } from './probe-report.js'

/** Starts the probe program of an architecture on a host and tells whether it ran. */
export type Prove = (architecture: string) => Promise<ProofResult>

export interface ProofResult {
  /** Whether the program ended with PROBE_EXIT_CODE, which nothing else ends with. */
  readonly ran: boolean
  /** Why it did not run, in the words of whoever tried; untrusted. */
  readonly detail: string
  /** True where the program could not be tried, so that `ran: false` says nothing of the platform. */
  readonly inconclusive?: boolean
  /** What it told, where it ran and told something readable. */
  readonly report?: ProbeReport
}

/** How long a probe program may take: it runs well under a second, but under emulators of emulators. */
export const PROOF_TIMEOUT_MS = 60_000
