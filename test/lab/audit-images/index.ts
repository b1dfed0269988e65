import { FILES } from './files.js'
import { FOREIGN } from './foreign.js'
import type { KnownBad } from './known-bad.js'
import { LAYERS } from './layers.js'
import { LEVELS } from './levels.js'
import { LIBRARIES } from './libraries.js'
import { PACKAGES } from './packages.js'

/** Every image with a fault that the audit is proven on. */
export const KNOWN_BAD: readonly KnownBad[] = [
  ...FOREIGN,
  ...LEVELS,
  ...LIBRARIES,
  ...PACKAGES,
  ...FILES,
  ...LAYERS,
]
