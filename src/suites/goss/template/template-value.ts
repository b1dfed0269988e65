import { toText } from '../convert.js'
import type { Plain } from '../goss-suite.js'
import { TemplateError } from './template-error.js'
import type { TemplateValue } from './template-node.js'

export const isValueRecord = (value: TemplateValue): value is Readonly<Record<string, TemplateValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether Go's `if` takes a value for true: what is empty, zero or not there is false. */
export function isTrue(value: TemplateValue): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (isValueRecord(value)) return Object.keys(value).length > 0
  return Boolean(value)
}

/** For `and` and `or`, which stop at the first argument that decides: whether one does. */
export function readLazily(name: string): ((value: TemplateValue) => boolean) | undefined {
  if (name === 'or') return isTrue
  return name === 'and' ? value => !isTrue(value) : undefined
}

/** A value as Go prints it. Nothing at all cannot be meant: goss would write `<no value>`. */
export function writeTemplateValue(value: TemplateValue, line: number): string {
  if (value === null || value === undefined) throw new TemplateError(line, 'there is no value to write')
  return Array.isArray(value)
    ? `[${value.map(each => toText(each as Plain)).join(' ')}]`
    : toText(value as Plain)
}
