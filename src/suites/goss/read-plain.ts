import { isMap, isScalar } from 'yaml'
import { readAnyEntries, readItems, type SuiteValue } from '../suite-value.js'
import type { Plain } from './goss-suite.js'

/** Whether nothing is written there; goss takes `key:` and `key: null` for a key that is not there. */
export const isAbsent = ({ node }: SuiteValue): boolean =>
  node === null || node === undefined || (isScalar(node) && node.value === null)

/** A value as data, with the types that goss's YAML reader gives it: `0644` is a number, and octal. */
export function readPlain(value: SuiteValue): Plain {
  if (isAbsent(value)) return null
  const { node } = value
  if (isScalar(node)) {
    const { value: scalar, source = '' } = node
    if (typeof scalar === 'number' && node.type === 'PLAIN' && /^[-+]?0[0-7]+$/.test(source))
      return Number.parseInt(source, 8)
    if (typeof scalar === 'bigint') return Number(scalar)
    if (typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean') return scalar
    return String(scalar)
  }
  if (isMap(node))
    return Object.fromEntries([...readAnyEntries(value)].map(([key, each]) => [key, readPlain(each)]))
  return readItems(value).map(each => readPlain(each))
}
