import type { Rule } from '../advice.js'
import { checkBinfmtMount } from './binfmt-not-mounted.js'
import { checkOwnFamily } from './cannot-run.js'
import { checkClock } from './clock-skew.js'
import { checkEmulatorVersion } from './emulator-version.js'
import { checkEngineVersion } from './engine-version.js'
import { checkDisk } from './free-disk.js'
import { checkBrokenHandlers } from './handler-broken.js'
import { checkDisabledHandlers } from './handler-disabled.js'
import { checkFlagC } from './handler-without-c.js'
import { checkFlagF } from './handler-without-f.js'
import { checkMemoryLimits } from './memory-limits.js'
import { checkMissingHandlers } from './no-handler.js'
import { checkPageSize } from './page-size.js'
import { checkRootless } from './rootless.js'
import { checkAliases } from './two-names.js'

/** All checks of a host that answered, in the order in which their advice is best followed. */
export const RULES: Readonly<Record<string, Rule>> = {
  'clock-skew': checkClock,
  'free-disk': checkDisk,
  'binfmt-not-mounted': checkBinfmtMount,
  'handler-disabled': checkDisabledHandlers,
  'no-handler': checkMissingHandlers,
  'handler-broken': checkBrokenHandlers,
  'handler-without-f': checkFlagF,
  'cannot-run': checkOwnFamily,
  'handler-without-c': checkFlagC,
  'emulator-version': checkEmulatorVersion,
  'memory-limits': checkMemoryLimits,
  'engine-version': checkEngineVersion,
  rootless: checkRootless,
  'page-size': checkPageSize,
  'two-names': checkAliases,
}
