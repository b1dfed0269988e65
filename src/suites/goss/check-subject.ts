import { rejectValue, type SuiteValue } from '../suite-value.js'
import type { GossCheck } from './goss-suite.js'
import { readAddress, readContainerUrl, readDnsQuestion, readPort } from './subjects.js'

/** Throws SUITE_INVALID, with the line, where what a check looks at cannot be looked at. */
export function checkSubject(check: GossCheck, value: SuiteValue): void {
  const read = SUBJECTS[check.kind]
  try {
    read?.(check)
  } catch (error) {
    rejectValue(value, (error as Error).message)
  }
}

const SUBJECTS: Partial<Readonly<Record<GossCheck['kind'], (check: GossCheck) => unknown>>> = {
  addr: ({ subject }) => readAddress(subject),
  dns: ({ subject, settings }) => readDnsQuestion(subject, settings.server as string | undefined),
  file: ({ subject }) => {
    if (!subject.startsWith('/')) throw new Error('must be an absolute path')
    if (/^\/+(proc|sys|dev)(\/|$)/.test(subject))
      throw new Error('is the kernel’s and not stored in the container: ask a command, as cat or test')
  },
  http: ({ subject, settings }) => {
    readContainerUrl(subject)
    const headers = (settings['request-headers'] ?? []) as readonly string[]
    const bad = headers.find(each => !/^[-!#$%&'*+.^_`|~\w]+: /.test(each) || /[\r\n\0]/.test(each))
    if (bad !== undefined) throw new Error(`request-headers: ${JSON.stringify(bad)} is not "Name: value"`)
    if (!/^[A-Za-z]*$/.test(String(settings.method ?? ''))) throw new Error('method: must be a word')
  },
  port: ({ subject }) => readPort(subject),
}
