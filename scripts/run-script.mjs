// @ts-check
import { say } from './setup/say.mjs'
import { wordError } from './setup/setup-error.mjs'

/**
 * Gives an exit code; what it sets up it hands to `keep`, which stops it at the end.
 * @typedef {(keep: (ready: import('./setup/index.mjs').SetUp) => import('./setup/index.mjs').SetUp) => Promise<number>} Job
 */

/**
 * Runs a script's job, stops what it set up, and exits: with the job's code, or 2 where set-up failed.
 * @param {Job} job
 */
export async function runScript(job) {
  /** @type {import('./setup/index.mjs').SetUp | undefined} */
  let ready
  let exitCode = 2
  try {
    exitCode = await job(made => {
      ready = made
      return made
    })
  } catch (error) {
    say(wordError(error))
  }
  await ready?.stop()
  process.exitCode = exitCode
}
