import type { Settings } from '../config/schema.js'
import type { PlanChoice } from '../targets/plan.js'

/** What the settings say of platforms and of how they run; `files` is how many suite files there are to run. */
export function describeChoice(settings: Settings, files?: number): PlanChoice {
  const { platforms, excludePlatforms, reference, execution, everyHost, cpuModels } = settings
  return {
    exclude: excludePlatforms,
    ...(platforms === undefined ? {} : { include: platforms }),
    ...(reference === undefined ? {} : { reference }),
    ...(files === undefined ? {} : { files }),
    execution,
    everyHost,
    cpuModels,
  }
}
