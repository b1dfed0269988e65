import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { findLocalEndpoint } from '../../src/hosts/endpoint.js'

let config: string

beforeEach(async () => {
  config = await mkdtemp(path.join(tmpdir(), 'docker-config-'))
  return () => rm(config, { recursive: true })
})

/** A context as `docker context create` stores it. */
async function writeContext(name: string, meta: unknown) {
  const id = createHash('sha256').update(name).digest('hex')
  const folder = path.join(config, 'contexts', 'meta', id)
  await mkdir(folder, { recursive: true })
  const text = typeof meta === 'string' ? meta : JSON.stringify(meta)
  await writeFile(path.join(folder, 'meta.json'), text)
}

const writeConfig = (value: unknown) => writeFile(path.join(config, 'config.json'), JSON.stringify(value))
const meta = (Host: unknown) => ({
  Name: 'x',
  Metadata: {},
  Endpoints: { docker: { Host, SkipTLSVerify: false } },
})
const find = (env: NodeJS.ProcessEnv = {}) => findLocalEndpoint({ DOCKER_CONFIG: config, ...env })

test('DOCKER_HOST wins over every context, as with the docker command', async () => {
  await writeConfig({ currentContext: 'far' })
  await writeContext('far', meta('tcp://far:2375'))
  expect(await find({ DOCKER_HOST: 'tcp://near:1', DOCKER_CONTEXT: 'far' })).toEqual({
    url: 'tcp://near:1',
    from: 'DOCKER_HOST',
  })
})

test('the current context is used', async () => {
  await writeConfig({ currentContext: 'far' })
  await writeContext('far', meta('unix:///run/far.sock'))
  expect(await find()).toEqual({ url: 'unix:///run/far.sock', from: 'Docker context "far"' })
})

test('DOCKER_CONTEXT wins over the current one, and "default" means no context', async () => {
  await writeConfig({ currentContext: 'far' })
  await writeContext('far', meta('tcp://far:2375'))
  await writeContext('farther', meta('tcp://farther:2375'))
  expect((await find({ DOCKER_CONTEXT: 'farther' })).url).toBe('tcp://farther:2375')
  expect((await find({ DOCKER_CONTEXT: 'default' })).from).toBe('default')
})

test.each([
  ['is not there', undefined],
  ['is no JSON', '{'],
  ['has no endpoint', { Name: 'far', Endpoints: {} }],
  ['has an endpoint that is no text', meta(7)],
  ['is JSON of another kind', 'null'],
])('a context that was chosen and %s is an error, never another engine', async (_, stored) => {
  if (stored !== undefined) await writeContext('far', stored)
  await expect(find({ DOCKER_CONTEXT: 'far' })).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    message: expect.stringContaining('"far"'),
    hint: expect.stringContaining('docker context ls'),
  })
})

test.each([
  [undefined],
  ['{'],
  ['[]'],
  ['{"currentContext":""}'],
  ['{"currentContext":"default"}'],
  ['{"currentContext":7}'],
])('a configuration that chooses nothing (%j) leaves the default socket', async text => {
  if (text !== undefined) await writeFile(path.join(config, 'config.json'), text)
  const { url, from } = await find()
  expect(from).toBe('default')
  expect(url).toMatch(/^unix:\/\/\/.*\.sock$/)
})
