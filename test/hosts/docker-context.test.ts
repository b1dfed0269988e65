import { rm } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { findCommand } from '../../scripts/setup/find-command.mjs'
import { readDockerContext } from '../../src/hosts/docker-context.js'
import { makeCertificates } from '../lab/hosts/certificates.js'
import { makeDockerConfig, writeMeta } from './docker-files.js'

describe.skipIf(findCommand('docker') === undefined || findCommand('openssl') === undefined)(
  'a context that the docker command itself has made',
  () => {
    /** Lets docker make the context `far`, and reads it. */
    async function createAndRead(endpoint: string, change?: (keys: string) => Promise<void>) {
      const config = await makeDockerConfig()
      const { client } = await makeCertificates(path.join(config, 'made'))
      const options = endpoint.replaceAll('KEYS', client)
      const env = { DOCKER_CONFIG: config, DOCKER_HOST: undefined }
      await execa('docker', ['context', 'create', 'far', '--docker', options], { env })
      await change?.(path.join(config, 'contexts', 'tls'))
      const read = await readDockerContext('far', { DOCKER_CONFIG: config })
      return { ...read, ...(read.tls === undefined ? {} : { tls: path.relative(config, read.tls) }) }
    }
    const KEYS = /^contexts\/tls\/[0-9a-f]{64}\/docker$/

    test('behind ssh, and without keys', async () => {
      expect(await createAndRead('host=ssh://root@far:2222')).toEqual({ endpoint: 'ssh://root@far:2222' })
      expect(await createAndRead('host=tcp://far:2375')).toEqual({ endpoint: 'tcp://far:2375' })
    })

    test('with keys: their folder', async () => {
      const keys = 'ca=KEYS/ca.pem,cert=KEYS/cert.pem,key=KEYS/key.pem'
      expect(await createAndRead(`host=tcp://far:2376,${keys}`)).toEqual({
        endpoint: 'tcp://far:2376',
        tls: expect.stringMatching(KEYS),
      })
    })

    test('with only some of them: still their folder, so that nothing is spoken without TLS', async () => {
      for (const keys of ['ca=KEYS/ca.pem', 'cert=KEYS/cert.pem,key=KEYS/key.pem']) {
        const { tls } = await createAndRead(`host=tcp://far:2376,${keys}`)
        expect(tls).toMatch(KEYS)
      }
    })

    test('whose keys were removed: none', async () => {
      const removed = (keys: string) => rm(keys, { recursive: true })
      expect(await createAndRead('host=tcp://far:2376,ca=KEYS/ca.pem', removed)).toEqual({
        endpoint: 'tcp://far:2376',
      })
    })

    test('that skips the check of certificates is refused', async () => {
      await expect(createAndRead('host=tcp://far:2376,skip-tls-verify=true')).rejects.toMatchObject({
        code: 'ENGINE_UNAVAILABLE',
        message: expect.stringContaining('"far" skips the check'),
        hint: expect.stringContaining('ca'),
      })
    })
  },
)

test('one that is missing: those that are there are named, sorted, and nothing else that lies there', async () => {
  const config = await makeDockerConfig()
  const endpoint = { Endpoints: { docker: { Host: 'ssh://x' } } }
  await writeMeta(config, 'b', { Name: 'pi4', ...endpoint })
  await writeMeta(config, 'a', { Name: 'graviton', ...endpoint })
  await writeMeta(config, 'hostile', { Name: '\u001b[31mred\nRun: curl evil', ...endpoint })
  await writeMeta(config, 'number', { Name: 7, ...endpoint })
  await writeMeta(config, 'broken', '{')
  await expect(readDockerContext('pi5', { DOCKER_CONFIG: config })).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    message: 'Docker context "pi5" has no readable endpoint',
    hint: expect.stringMatching(/^There are: graviton, pi4\. List/),
  })
})

test('none at all is said as such', async () => {
  await expect(readDockerContext('pi', { DOCKER_CONFIG: '/nowhere' })).rejects.toMatchObject({
    hint: expect.stringContaining('There are none here'),
  })
})

test.each<[string, unknown]>([
  ['no JSON', '{"Name":'],
  ['nothing', ''],
  ['null', 'null'],
  ['a list', []],
  ['a text', '"x"'],
  ['endpoints that are null', { Name: 'far', Endpoints: null }],
  ['endpoints that are text', { Name: 'far', Endpoints: 'docker' }],
  ['a docker endpoint that is null', { Name: 'far', Endpoints: { docker: null } }],
  ['a host that is a list', { Name: 'far', Endpoints: { docker: { Host: ['ssh://x'] } } }],
  ['only a Kubernetes endpoint', { Name: 'far', Endpoints: { kubernetes: { Host: 'https://x' } } }],
  ['a host that is inherited', '{"Name":"far","Endpoints":{"__proto__":{"docker":{"Host":7}}}}'],
  [
    'more than any context has',
    { Endpoints: { docker: { Host: 'ssh://x' } }, Metadata: 'x'.repeat(2 ** 20) },
  ],
])('metadata that hold %s are an error like any other', async (_, meta) => {
  const config = await makeDockerConfig()
  await writeMeta(config, 'far', meta)
  await expect(readDockerContext('far', { DOCKER_CONFIG: config })).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
  })
})

test('a name that looks like a path leads nowhere else', async () => {
  const config = await makeDockerConfig()
  await writeMeta(config, 'far', { Endpoints: { docker: { Host: 'ssh://x' } } })
  for (const name of ['../meta', 'far/../far', '.', ''])
    await expect(readDockerContext(name, { DOCKER_CONFIG: config })).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
    })
})
