import { COMPANION_GLOBS as GOSS_GLOBS, isCompanion as isGossCompanion } from './goss/companions.js'
import { KEYS_NAME } from './test-directory/read-test-directory.js'

/** Files beside suites that are none themselves, for those who find suites by globs. */
export const COMPANION_GLOBS: readonly string[] = [...GOSS_GLOBS, `**/${KEYS_NAME}`]

/** Whether a file only goes with a suite and is none by itself. */
export const isCompanion = (file: string): boolean =>
  isGossCompanion(file, process.env.GOSS_VARS) || file === KEYS_NAME || file.endsWith(`/${KEYS_NAME}`)
