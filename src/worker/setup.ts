import { afterAll, beforeAll } from 'vitest'
import { suiteFile } from './suite-file.js'
import { getWorker } from './worker.js'

/** Runs around every suite file, in the worker: the shared container lives exactly as long as its file. */
const HOOK_TIMEOUT_MS = 600_000

beforeAll(() => suiteFile.prepare(), HOOK_TIMEOUT_MS)

afterAll(async () => {
  await suiteFile.close()
  await getWorker().channel.flush()
}, HOOK_TIMEOUT_MS)
