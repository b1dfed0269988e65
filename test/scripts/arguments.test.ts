import { expect, test } from 'vitest'
import { readTestArguments } from '../../scripts/arguments.mjs'
import { ROOT } from '../../scripts/setup/places.mjs'

const read = (args: string[], env = {}, cwd = ROOT) => readTestArguments(args, { env, root: ROOT, cwd })

test.each([
  [['acme/app:1.4'], 'acme/app:1.4', []],
  [['registry'], 'registry', []],
  [['oci:build/app.oci', '--platform', 'linux/arm64'], 'oci:build/app.oci', ['--platform', 'linux/arm64']],
  [['127.0.0.1:5000/lab/web@sha256:00', 'tls'], '127.0.0.1:5000/lab/web@sha256:00', ['tls']],
])('%j names an image', (args, image, rest) => {
  expect(read(args)).toEqual({ kind: 'image', image, args: rest })
})

test.each([
  [[]],
  [['-t', 'crash']],
  [['--reporter', 'verbose']],
  [['test/lab']],
  [['test/does-not-exist-yet.test.ts']],
  [['./test/lab/tiny-elf.test.ts:20']],
])('%j filters tests', args => {
  expect(read(args)).toEqual({ kind: 'tests', args })
})

test('a path counts from where the user stands', () => {
  expect(read(['lab'], {}, `${ROOT}/test`)).toEqual({ kind: 'tests', args: ['lab'] })
  expect(read(['lab'])).toEqual({ kind: 'image', image: 'lab', args: [] })
})

test('IMAGE is the image where the arguments name none', () => {
  const env = { IMAGE: 'acme/app' }
  expect(read(['-t', 'tls'], env)).toEqual({ kind: 'image', image: 'acme/app', args: ['-t', 'tls'] })
  expect(read(['acme/other'], env)).toEqual({ kind: 'image', image: 'acme/other', args: [] })
  expect(read(['test/lab'], env)).toEqual({ kind: 'tests', args: ['test/lab'] })
})
