import {
  readEntries,
  readFlag,
  readItems,
  readText,
  readTexts,
  rejectValue,
  type SuiteValue,
} from '../suite-value.js'
import type { ContainerRunOptions, ServiceOptions } from './structure-suite.js'

export const RUN_OPTIONS = [
  'user',
  'privileged',
  'allocateTty',
  'envFile',
  'envVars',
  'capabilities',
  'bindMounts',
] as const

/** Reads `containerRunOptions`. */
export function readRunOptions(value: SuiteValue | undefined): ContainerRunOptions {
  const entries = value === undefined ? new Map<string, SuiteValue>() : readEntries(value, RUN_OPTIONS)
  const user = readText(entries.get('user'))
  const envFile = readText(entries.get('envFile'))
  for (const each of readItems(entries.get('bindMounts')))
    if (!/^[^:]+:\/[^:]*(:[\w,]+)?$/.test(readText(each)))
      rejectValue(each, 'must be /host/path:/container/path[:ro]')
  return {
    ...(user === '' ? {} : { user }),
    privileged: readFlag(entries.get('privileged'), false),
    allocateTty: readFlag(entries.get('allocateTty'), false),
    ...(envFile === '' ? {} : { envFile }),
    envVars: readTexts(entries.get('envVars')),
    capabilities: readTexts(entries.get('capabilities')),
    bindMounts: readTexts(entries.get('bindMounts')),
  }
}

export const SERVICE_OPTIONS = ['entrypoint', 'args'] as const

/** Reads `serviceOptions`, a key of our own: what is started where a test asks the running image. */
export function readServiceOptions(value: SuiteValue | undefined): ServiceOptions {
  if (value === undefined) return {}
  const entries = readEntries(value, SERVICE_OPTIONS)
  const entrypoint = entries.get('entrypoint')
  const args = entries.get('args')
  return {
    ...(entrypoint === undefined ? {} : { entrypoint: readTexts(entrypoint) }),
    ...(args === undefined ? {} : { args: readTexts(args) }),
  }
}
