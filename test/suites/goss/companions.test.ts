import { expect, test } from 'vitest'
import { isCompanion } from '../../../src/suites/goss/companions.js'

test.each([
  ['suites/goss_wait.yaml', undefined, true],
  ['goss_wait.yml', undefined, true],
  ['suites/a/goss_vars.json', undefined, true],
  ['suites/goss.yaml', undefined, false],
  ['suites/vars.yaml', undefined, false],
  ['suites/vars.yaml', 'vars.yaml', true],
  ['suites/vars.yaml', './suites/vars.yaml', true],
  ['suites/other-vars.yaml', 'vars.yaml', false],
  ['suites/goss.yaml', '', false],
])('%s with GOSS_VARS %s goes with other files: %s', (file, variables, expected) => {
  expect(isCompanion(file, variables)).toBe(expected)
})
