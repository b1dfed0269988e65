import type { Probe } from '../../src/worker/check-scope.js'

/** What a probe that went well gives. */
export const answer = (stdout: string, more: Partial<Probe> = {}): Probe => ({
  command: [],
  exitCode: 0,
  signal: undefined,
  startError: undefined,
  stdout,
  stderr: '',
  stdoutBytes: Buffer.from(stdout),
  stderrBytes: Buffer.alloc(0),
  truncated: false,
  durationMs: 1,
  timedOut: false,
  record: () => {},
  ...more,
})
