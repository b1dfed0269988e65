import {
  readEntries,
  readFlag,
  readItems,
  readText,
  readTexts,
  rejectValue,
  requireText,
  type SuiteValue,
} from '../suite-value.js'
import type { CheckKind } from './check-kind.js'
import { requirePattern } from './read-parts.js'
import type { ExpectedPair } from './structure-suite.js'

const KEYS = [
  'env',
  'envVars',
  'unboundEnvVars',
  'labels',
  'entrypoint',
  'cmd',
  'exposedPorts',
  'unexposedPorts',
  'volumes',
  'unmountedVolumes',
  'workdir',
  'user',
] as const

/** `metadataTest`, which is one. `env` is the older name of `envVars`; both may be there. */
export const metadataKind: CheckKind = {
  key: 'metadataTest',
  isList: false,
  versions: ['2.0.0'],
  listKeys: () => KEYS,
  expectations: Object.fromEntries(KEYS.map(key => [key, 'value'])),
  read: (entries, value) => {
    const workdir = readText(entries.get('workdir'))
    const user = readText(entries.get('user'))
    const entrypoint = entries.get('entrypoint')
    const cmd = entries.get('cmd')
    return {
      kind: 'metadata',
      name: '',
      line: value.line,
      env: [...readPairs(entries.get('env')), ...readPairs(entries.get('envVars'))],
      unboundEnv: readItems(entries.get('unboundEnvVars')).map(each =>
        requireText(readEntries(each, ['key', 'value', 'isRegex']).get('key'), each, 'key'),
      ),
      labels: readPairs(entries.get('labels')),
      ...(entrypoint === undefined ? {} : { entrypoint: readTexts(entrypoint) }),
      ...(cmd === undefined ? {} : { cmd: readTexts(cmd) }),
      exposedPorts: readNames(entries.get('exposedPorts')),
      unexposedPorts: readNames(entries.get('unexposedPorts')),
      volumes: readNames(entries.get('volumes')),
      unmountedVolumes: readNames(entries.get('unmountedVolumes')),
      ...(workdir === '' ? {} : { workdir }),
      ...(user === '' ? {} : { user }),
    }
  },
}

/** Names with the value, or the pattern, that they must have. */
export function readPairs(value: SuiteValue | undefined): ExpectedPair[] {
  return readItems(value).map(each => {
    const entries = readEntries(each, ['key', 'value', 'isRegex'])
    const isRegex = readFlag(entries.get('isRegex'), false)
    const expected = readText(entries.get('value'))
    if (isRegex) requirePattern(entries.get('value') ?? each, expected)
    return { key: requireText(entries.get('key'), each, 'key'), value: expected, isRegex }
  })
}

function readNames(value: SuiteValue | undefined): string[] {
  return readItems(value).map(each => readText(each) || rejectValue(each, 'must not be empty'))
}
