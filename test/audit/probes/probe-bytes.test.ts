import { expect, test } from 'vitest'
import { PROBES } from '../../../src/audit/probes/index.js'
import { PROBE_BYTES } from '../../../src/audit/probes/probe-bytes.js'

test('the cache knows every probe and its bound', () => {
  expect(PROBES.map(({ id, maxBytes }) => [id, maxBytes])).toEqual(Object.entries(PROBE_BYTES))
})
