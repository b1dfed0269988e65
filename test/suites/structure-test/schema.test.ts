import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { FIELD_NAMES } from '../../../src/model/declared.js'
import { DIFFERENCE_KEYS } from '../../../src/suites/structure-test/read-differences.js'
import { OWN_KEYS } from '../../../src/suites/structure-test/read-own-keys.js'
import { RUN_OPTIONS, SERVICE_OPTIONS } from '../../../src/suites/structure-test/read-run-options.js'
import { CHECK_KINDS, SHARED_KEYS } from '../../../src/suites/structure-test/read-structure-suite.js'
import { ENDING_SERVICE, SERVICE_SUITE } from '../../e2e/service-cases.js'
import { SCHEMA_2, SINGLES } from '../../e2e/structure-cases.js'

const schema = JSON.parse(
  readFileSync(new URL('../../../docs/schema/structure-test.schema.json', import.meta.url), 'utf8'),
)
const parser = z.fromJSONSchema(schema)

test('every key that is read is in the schema that editors use, and no other', () => {
  const keys = (part: { properties: object }) => Object.keys(part.properties).sort()
  const read = [...SHARED_KEYS['2.0.0'], ...CHECK_KINDS.map(({ key }) => key)]
  expect(keys(schema)).toEqual(read.sort())
  for (const kind of CHECK_KINDS) {
    const part = schema.properties[kind.key]
    const test = kind.isList ? part.items : part
    const expectations = Object.keys(kind.expectations)
    const own = OWN_KEYS.filter(key => key !== 'perPlatform' || expectations.length > 0)
    expect(keys(test), kind.key).toEqual([...kind.listKeys('2.0.0'), ...own].sort())
    if (expectations.length > 0)
      expect(keys(test.properties.perPlatform.additionalProperties), kind.key).toEqual(expectations.sort())
  }
  expect(keys(schema.properties.containerRunOptions)).toEqual([...RUN_OPTIONS].sort())
  expect(keys(schema.properties.serviceOptions)).toEqual([...SERVICE_OPTIONS].sort())
  const differences = schema.$defs.differences.items
  expect(keys(differences)).toEqual([...DIFFERENCE_KEYS].sort())
  expect(differences.properties.field.enum).toEqual([...FIELD_NAMES])
})

test.each(
  Object.entries({
    ...SINGLES,
    all: SCHEMA_2,
    service: SERVICE_SUITE,
    ending: ENDING_SERVICE,
  }),
)('a file that is taken fits it: %s', (_, text) => {
  expect(parser.safeParse(parse(text)).error?.issues).toBeUndefined()
})

test.each([
  ['a key that is not known', { portTests: [{ port: 80, prot: 1 }] }],
  ['a test without a name', { commandTests: [{ command: 'ls' }] }],
  ['a port that is none', { portTests: [{ port: 0 }] }],
  ['a difference without a reason', { differences: [{ field: 'stdout' }] }],
  [
    'an expectation that changes nothing',
    { healthTest: { perPlatform: { 'linux/arm64': { within: '1s' } } } },
  ],
])('%s does not fit', (_, part) => {
  expect(parser.safeParse({ schemaVersion: '2.0.0', ...part }).success).toBe(false)
})
