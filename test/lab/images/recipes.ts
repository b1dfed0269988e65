import { atomics } from './atomics.js'
import { attested } from './attested.js'
import { base } from './base.js'
import { clock } from './clock.js'
import { crash } from './crash.js'
import { differs } from './differs.js'
import { dispatch } from './dispatch.js'
import { dockerList } from './docker-list.js'
import { duplicate } from './duplicate.js'
import { emulated } from './emulated.js'
import { exits } from './exits.js'
import { fallback } from './fallback.js'
import { flaky } from './flaky.js'
import { flood } from './flood.js'
import { foreign } from './foreign.js'
import { foreignApp } from './foreign-app.js'
import { garbage } from './garbage.js'
import { hang } from './hang.js'
import { healthy } from './healthy.js'
import { legacy } from './legacy.js'
import { mislabelled } from './mislabelled.js'
import { missing } from './missing.js'
import { nested } from './nested.js'
import { noisy } from './noisy.js'
import { python } from './python.js'
import { lostLibrary, lostZones, wrongModules, wrongProgram } from './python-faults.js'
import type { Recipe } from './recipe.js'
import { served } from './served.js'
import { service } from './service.js'
import { shellless } from './shellless.js'
import { skewed } from './skewed.js'
import { structured } from './structured.js'
import { stubborn } from './stubborn.js'
import { tracer } from './tracer.js'
import { unrunnable } from './unrunnable.js'
import { web } from './web.js'
import { windows } from './windows.js'

/** Every image of the lab: good ones first, then those with a fault, then odd shapes. */
export const RECIPES: readonly Recipe[] = [
  ...[healthy, emulated, web, base, clock, python, legacy, dockerList, nested, attested, windows],
  ...[foreign, foreignApp, crash, differs, missing, hang, mislabelled, duplicate, unrunnable],
  ...[atomics, tracer, dispatch, fallback, skewed],
  ...[lostLibrary, wrongModules, lostZones, wrongProgram],
  ...[structured, service, served],
  ...[shellless, exits, flood, garbage, stubborn, noisy, flaky],
]
