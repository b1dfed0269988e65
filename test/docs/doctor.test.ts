import { expect, test } from 'vitest'
import { RULES } from '../../src/doctor/rules/index.js'
import { listTableRows, readCode, readPage } from './pages.js'

test('the page of doctor has one row for each rule, in their order', () => {
  const section = readPage('docs/doctor-and-plan.md')
    .text.split(/^### /m)
    .find(part => part.startsWith('What is checked'))
  const rows = listTableRows(section?.split('\n\n').slice(0, 2).join('\n\n') ?? '')
  expect(rows.map(row => readCode(row[0]))).toEqual(['not-reached', ...Object.keys(RULES)])
})
