import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { mergeSettings } from '../../src/config/load.js'
import { listSuites } from '../../src/run/list-suites.js'
import { makeFolder } from './temporary.js'

async function makeProject(...files: string[]): Promise<string> {
  const root = await makeFolder()
  for (const file of files) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), '')
  }
  return root
}

const list = (root: string, filters: string[] = [], suites?: string[]) =>
  listSuites(mergeSettings(suites === undefined ? {} : { suites }), root, filters)

test('all suites below the root, sorted by their bytes', async () => {
  const root = await makeProject(
    'suites/b.suite.ts',
    'suites/A.suite.mts',
    'suites/a.suite.js',
    'suites/deep/down/c.suite.mjs',
    'suites/notes.md',
    'suites/b.test.ts',
    'suites/node_modules/x/x.suite.ts',
    'other/d.suite.ts',
  )
  expect(await list(root)).toEqual([
    'suites/A.suite.mts',
    'suites/a.suite.js',
    'suites/b.suite.ts',
    'suites/deep/down/c.suite.mjs',
  ])
})

test('globs of one’s own', async () => {
  const root = await makeProject('checks/a.check.ts', 'checks/b.check.ts', 'suites/c.suite.ts')
  expect(await list(root, [], ['checks/*.check.ts', '!checks/b.*'])).toEqual(['checks/a.check.ts'])
})

test('filters choose by a part of the path, as typed', async () => {
  const root = await makeProject('suites/web.suite.ts', 'suites/tls.suite.ts', 'suites/web/x.suite.ts')
  expect(await list(root, ['tls'])).toEqual(['suites/tls.suite.ts'])
  expect(await list(root, ['./suites/web.suite.ts'])).toEqual(['suites/web.suite.ts'])
  expect(await list(root, [path.join(root, 'suites', 'tls.suite.ts')])).toEqual(['suites/tls.suite.ts'])
  expect(await list(root, ['web', 'tls'])).toHaveLength(3)
})

test('no suite at all, built-in ones off, is an error that shows how to write one', async () => {
  const root = await makeProject('suites/notes.md')
  await expect(listSuites(mergeSettings({ builtinSuites: 'off' }), root, [])).rejects.toMatchObject({
    code: 'NO_SUITES',
    category: 'usage',
    message: expect.stringContaining(root),
    hint: expect.stringContaining('archparity/suite'),
  })
})

test('filters that match nothing are an error that lists what there is', async () => {
  const root = await makeProject('suites/a.suite.ts')
  await expect(list(root, ['nope', 'none'])).rejects.toMatchObject({
    code: 'NO_SUITES',
    message: 'No suite file matches nope, none',
    hint: 'There are: suites/a.suite.ts',
  })
})

const BUILTIN = [
  'builtin/start',
  'builtin/linkage',
  'builtin/native-modules',
  'builtin/interpreters',
  'builtin/runtime',
  'builtin/performance',
]

test('without a suite file the built-in suites stand in, and a filter chooses among them', async () => {
  const root = await makeProject('suites/notes.md')
  const settings = mergeSettings({})
  expect(await listSuites(settings, root, [])).toEqual(BUILTIN)
  expect(await listSuites(settings, root, ['link'])).toEqual(['builtin/linkage'])
  await expect(listSuites(settings, root, ['nope'])).rejects.toMatchObject({ code: 'NO_SUITES' })
})

test('beside suite files built-in suites run where they are named', async () => {
  const root = await makeProject('suites/a.suite.ts')
  expect(await listSuites(mergeSettings({}), root, [])).toEqual(['suites/a.suite.ts'])
  const named = mergeSettings({ builtinSuites: ['linkage'] })
  expect(await listSuites(named, root, [])).toEqual(['suites/a.suite.ts', 'builtin/linkage'])
  expect(await listSuites(mergeSettings({ builtinSuites: 'all' }), root, [])).toHaveLength(7)
})

test('a glob of one’s own that matches nothing is an error, whatever is built in', async () => {
  const root = await makeProject('suites/a.suite.ts')
  await expect(list(root, [], ['checks/*.ts'])).rejects.toMatchObject({ code: 'NO_SUITES' })
})

test('what goes with goss files is no suite by itself', async () => {
  const root = await makeProject('suites/goss_wait.yaml', 'suites/goss_vars.yaml', 'suites/a.suite.ts')
  expect(await list(root)).toEqual(['suites/a.suite.ts'])
  await writeFile(path.join(root, 'suites/vars.yaml'), 'users: [ann]\n')
  await expect(list(root)).rejects.toThrow('suites/vars.yaml:1: users: is neither')
  vi.stubEnv('GOSS_VARS', 'vars.yaml')
  await writeFile(path.join(root, 'suites/goss_wait.yaml'), 'port:\n  tcp:80: { listening: true }\n')
  await writeFile(
    path.join(root, 'suites/goss.yaml'),
    'user:\n{{- range .Vars.users }}\n  {{ . }}: { exists: true }\n{{- end }}\n',
  )
  expect(await list(root)).toEqual(['suites/a.suite.ts', 'suites/goss.yaml'])
  vi.unstubAllEnvs()
})

test('what a goss file draws in runs with it, and is wrong or right there alone', async () => {
  const root = await makeProject('suites/goss.d/part.yaml')
  await writeFile(path.join(root, 'suites/goss.yaml'), 'gossfile:\n  goss.d/*.yaml: {}\n')
  await writeFile(path.join(root, 'suites/goss_vars.yaml'), 'name: ann\n')
  await writeFile(path.join(root, 'suites/goss.d/part.yaml'), 'user:\n  {{ .Vars.name }}: { exists: true }\n')
  expect(await list(root)).toEqual(['suites/goss.yaml'])
  await expect(list(root, ['part'])).rejects.toThrow('suites/goss.d/part.yaml:2: .Vars.name is not set')
})
