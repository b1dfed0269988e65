// @ts-check
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The built command line. */
export const CLI = new URL('../../dist/cli/main.js', import.meta.url).pathname

/** Makes an empty folder; who makes it removes it. */
export function makeFolder() {
  return realpathSync(mkdtempSync(path.join(tmpdir(), 'archparity-bench-')))
}
