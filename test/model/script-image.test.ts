import { expect, test } from 'vitest'
import {
  nameScriptImage,
  nameUnnamedImage,
  readScriptImageHolder,
  SCRIPT_IMAGE_NAMES,
} from '../../src/model/script-image.js'

const HOLDER = { owner: '1234567.12345678901.0123456789ab', started: '2026-11-27T19:47:04.123Z' }
const ID = `sha256:${'1f'.repeat(32)}`

test.each([
  ['docker.io/library/nginx:1.27-alpine@sha256:00', 'archparity.test/nginx:1.27-alpine-run-'],
  ['registry.example:5000/Group/nginx', 'archparity.test/nginx:untagged-run-'],
  ['oci:build/clock.oci', 'archparity.test/clock-oci:untagged-run-'],
  ['oci:clock.oci:1.4', 'archparity.test/clock-oci:1.4-run-'],
  ['oci:.../:-', 'archparity.test/image:untagged-run-'],
  [
    `a/${'long_name.'.repeat(20)}:${'1.'.repeat(60)}`,
    'archparity.test/long-name-long-name-long:1.1.1.1.1.1.1.1.1.1.1.1-run-',
  ],
])('%s is called %s…', (reference, begin) => {
  const name = nameScriptImage(reference, HOLDER, '0badcafe')
  expect(name.startsWith(begin), name).toBe(true)
  // As a reference, and with its separators replaced as a tag (distribution-spec, "Pulling manifests").
  expect(name).toMatch(/^archparity\.test\/[a-z0-9]+(-[a-z0-9]+)*:\w[\w.-]{0,127}$/)
  expect(`name-${name.replace(/[:/]/g, '-')}`).toMatch(/^\w[\w.-]{0,127}$/)
  expect(readScriptImageHolder(name)).toEqual({ ...HOLDER, started: '2026-11-27T19:47:04.000Z' })
  for (const text of [name, name.replace(/[:/]/g, '-')])
    expect(`<${text}>`.replace(SCRIPT_IMAGE_NAMES, '')).toBe('<>')
})

test('an image without another name keeps one that is its own, and that nobody sweeps', () => {
  const name = nameUnnamedImage('oci:clock.oci', ID)
  expect(name).toBe('archparity.test/clock-oci:untagged-image-1f1f1f1f1f1f')
  expect(readScriptImageHolder(name)).toBeUndefined()
  expect(name.replace(SCRIPT_IMAGE_NAMES, '')).toBe('')
})

test.each(['nginx:1-run-1.2.3.a.0badcafe', 'archparity.test/a:b', 'archparity.test/a:b-run-1.2.x', ''])(
  'nobody holds %o',
  name => {
    expect(readScriptImageHolder(name)).toBeUndefined()
  },
)
