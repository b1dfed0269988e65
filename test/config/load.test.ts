import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { loadConfig, mergeSettings } from '../../src/config/load.js'
import { DEFAULTS } from '../../src/config/schema.js'

let root: string

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'config-test-'))
  return () => rm(root, { recursive: true })
})

const write = async (name: string, text: string) => {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true })
  await writeFile(path.join(root, name), text)
}

describe('where it is', () => {
  test('nowhere, which is no error', async () => {
    expect(await loadConfig(root)).toEqual({ config: {}, root, file: undefined })
  })

  test.each([
    ['archparity.config.ts', 'const retry: number = 3\nexport default { retry } satisfies { retry: number }'],
    ['archparity.config.mts', 'export default { retry: 3 as number }'],
    ['archparity.config.js', 'export default { retry: 3 }'],
    ['archparity.config.mjs', 'export default { retry: 3 }'],
  ])('%s', async (name, text) => {
    await write(name, text)
    expect(await loadConfig(root)).toEqual({ config: { retry: 3 }, root, file: path.join(root, name) })
  })

  test('TypeScript before JavaScript', async () => {
    await write('archparity.config.js', 'export default { retry: 1 }')
    await write('archparity.config.ts', 'export default { retry: 2 }')
    expect((await loadConfig(root)).config).toEqual({ retry: 2 })
  })

  test('a file that was named, and then paths are relative to its folder', async () => {
    await write('ci/other.config.ts', 'export default { retry: 4 }')
    expect(await loadConfig(root, 'ci/other.config.ts')).toEqual({
      config: { retry: 4 },
      root: path.join(root, 'ci'),
      file: path.join(root, 'ci/other.config.ts'),
    })
  })

  test('a file that was named and is not there', async () => {
    await write('archparity.config.ts', 'export default {}')
    await expect(loadConfig(root, 'nope.ts')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('nope.ts'),
      hint: expect.stringContaining('--config'),
    })
  })
})

describe('what is in it', () => {
  test('files of one’s own may be imported', async () => {
    await write('shared.ts', 'export const platforms: string[] = ["linux/arm64"]')
    await write(
      'archparity.config.ts',
      'import { platforms } from "./shared.js"\nexport default { platforms }',
    )
    expect((await loadConfig(root)).config).toEqual({ platforms: ['linux/arm64'] })
  })

  test.each([
    ['it throws', 'throw new Error("no luck today")', /no luck today/],
    ['it throws no error', 'throw "plain words"', /plain words/],
    ['it is no TypeScript', 'export default\n{', /line 2: .*Expected/],
    ['it imports what is not there', 'import "./nope.js"\nexport default {}', /nope/],
    ['it exports nothing', 'export const x = 1', /object/],
    ['it exports something else', 'export default 7', /object/],
    ['it exports an unknown setting', 'export default { platfroms: [] }', /did you mean "platforms"/],
  ])('%s', async (_, text, words) => {
    await write('archparity.config.ts', text)
    const error = await loadConfig(root).catch(error => error)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', category: 'usage' })
    expect(error.message).toMatch(words)
    expect(error.message).toContain('archparity.config.ts')
    expect(error.message).not.toContain('\n')
  })

  test('loading leaves nothing beside it', async () => {
    await write('archparity.config.ts', 'export default {}')
    await loadConfig(root)
    expect((await readdir(root)).filter(name => name !== 'node_modules')).toEqual(['archparity.config.ts'])
  })
})

test('folders of keys count from the configuration, and ~ is the home', async () => {
  const hosts = ['tcp://a,tls=keys', 'tcp://b,tls=/keys', 'tcp://c,tls=~/keys', 'tcp://d']
  await write('ci/other.config.ts', `export default { hosts: ${JSON.stringify(hosts)} }`)
  const { config } = await loadConfig(root, 'ci/other.config.ts')
  expect(config.hosts?.map(host => typeof host === 'object' && host.tls)).toEqual([
    path.join(root, 'ci/keys'),
    '/keys',
    path.join(homedir(), 'keys'),
    undefined,
  ])
})

test('what comes later wins, key by key, over the defaults', () => {
  const settings = mergeSettings({ retry: 1, reports: 'a', platforms: ['linux/arm64'] }, { retry: 2 })
  expect(settings).toEqual({ ...DEFAULTS, retry: 2, reports: 'a', platforms: ['linux/arm64'] })
  expect(mergeSettings()).toEqual(DEFAULTS)
})
