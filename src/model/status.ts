/**
 * What became of one check on one target.
 * - passed, failed: the check decided; failed is the image's, the suite's or the emulator's doing.
 * - errored: no verdict, because engine, host, network or the suite's own set-up broke.
 * - skipped: not run, on the author's or the user's word.
 * - inconclusive: began, and what it saw cannot decide (target lost in the middle).
 */
export type Status = 'passed' | 'failed' | 'errored' | 'skipped' | 'inconclusive'

/** All statuses, most serious first; the order in which reports sum up. */
export const STATUSES: readonly Status[] = ['failed', 'errored', 'inconclusive', 'skipped', 'passed']
