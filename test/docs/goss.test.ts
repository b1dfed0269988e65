import { describe, expect, test } from 'vitest'
import { GOSS_KINDS } from '../../src/suites/goss/goss-suite.js'
import { MATCHER_NAMES } from '../../src/suites/goss/match.js'
import { GOSS_RESOURCES, REFUSED_KINDS } from '../../src/suites/goss/resources.js'
import { TEMPLATE_FUNCTIONS } from '../../src/suites/goss/template/template-functions.js'
import { listTableRows, readPage } from './pages.js'

const { text } = readPage('docs/goss.md')
const rows = listTableRows(text)
const listCode = (part: string) => [...part.matchAll(/`([^`]+)`/g)].map(match => match[1] as string)

describe('docs/goss.md', () => {
  test.each(GOSS_KINDS)('has the attributes of %s', kind => {
    const { required, matched, readers, settings, subject, timeoutMs } = GOSS_RESOURCES[kind]
    const known = [
      required,
      ...matched,
      ...readers,
      ...Object.keys(settings),
      ...(subject === undefined ? [] : [subject]),
      ...(timeoutMs === undefined ? [] : ['timeout']),
    ]
    const row = rows.find(cells => cells.length === 2 && cells[0] === `\`${kind}\``)
    const documented = listCode((row?.[1] ?? '').split(';')[0] as string)
    expect(documented.filter(each => !['resolveable', 'contains'].includes(each)).sort()).toEqual(
      known.sort(),
    )
  })

  test('has what is refused, with the attributes', () => {
    const refused = rows.filter(cells => cells.length === 2).flatMap(cells => listCode(cells[0] as string))
    const attributes = Object.values(GOSS_RESOURCES).flatMap(each => Object.keys(each.refused ?? {}))
    expect([...Object.keys(REFUSED_KINDS), ...attributes].filter(each => !refused.includes(each))).toEqual([])
  })

  test('has every matcher and every function of templates, and no other', () => {
    const matchers = /^Matchers: ([\s\S]*?)\. In text/m.exec(text)?.[1] ?? ''
    expect(listCode(matchers).sort()).toEqual([...MATCHER_NAMES].sort())
    const functions = /^Functions: ([\s\S]*?)\.\n\n/m.exec(text)?.[1] ?? ''
    expect(listCode(functions).sort()).toEqual(['and', 'or', ...Object.keys(TEMPLATE_FUNCTIONS)].sort())
  })
})
