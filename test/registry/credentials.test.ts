import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseReference } from '../../src/reference/parse-reference.js'
import { findCredentials } from '../../src/registry/auth/credentials.js'
import { pullCredentials } from '../../src/registry/index.js'
import { catchFailure, showFailure } from './synthetic.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archparity-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const encode = (text: string) => Buffer.from(text).toString('base64')

async function writeConfig(config: unknown, name = 'config.json'): Promise<NodeJS.ProcessEnv> {
  await writeFile(join(folder, name), typeof config === 'string' ? config : JSON.stringify(config))
  return { DOCKER_CONFIG: folder, PATH: `${folder}/bin:/usr/bin:/bin` }
}

/** A credential helper as a shell script; what it is asked is written to `asked`. */
async function writeHelper(name: string, body: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true })
  const file = join(folder, 'bin', `docker-credential-${name}`)
  await writeFile(file, `#!/bin/sh\n[ "$1" = get ] || exit 9\ncat > ${folder}/asked\n${body}\n`)
  await chmod(file, 0o755)
}

async function find(text: string, env: NodeJS.ProcessEnv, helperTimeout = 5000) {
  return await findCredentials(parseReference(text), { env, helperTimeout })
}

describe('auths', () => {
  test.each([
    ['r.example/a', 'r.example'],
    ['r.example:5000/a', 'r.example:5000'],
    ['r.example/a', 'https://r.example'],
    ['r.example/a', 'http://R.example/v1/'],
    ['r.example/a', 'https://r.example/v2/'],
    ['r.example/a', 'r.example/v1/'],
    ['r.example/owner/a', 'r.example/owner'],
    ['r.example/owner/a', 'r.example/owner/a'],
    ['node', 'https://index.docker.io/v1/'],
    ['node', 'docker.io'],
    ['user/app', 'index.docker.io'],
    ['node', 'https://registry-1.docker.io/v2/'],
    ['[::1]:5000/a', '[::1]:5000'],
  ])('for %s under the key %s', async (text, key) => {
    const env = await writeConfig({ auths: { [key]: { auth: encode('bob:pa:ss') } } })
    const found = await find(text, env)
    expect(found?.credentials).toEqual({ kind: 'password', username: 'bob', password: 'pa:ss' })
    expect(found?.from).toBe(join(folder, 'config.json'))
  })

  test.each([
    ['r.example/a', 'r.example:5000'],
    ['r.example:5000/a', 'r.example'],
    ['r.example/a', 'other.example'],
    ['r.example/ownerless/a', 'r.example/owner'],
    ['r.example/a', 'r.example.evil'],
    ['ghcr.io/a', 'https://index.docker.io/v1/'],
  ])('none for %s under the key %s', async (text, key) => {
    expect(
      await find(text, await writeConfig({ auths: { [key]: { auth: encode('bob:x') } } })),
    ).toBeUndefined()
  })

  test('the longest namespace wins', async () => {
    const auths = Object.fromEntries(
      ['r.example', 'r.example/owner/app', 'r.example/owner'].map(key => [key, { auth: encode(`${key}:x`) }]),
    )
    const env = await writeConfig({ auths })
    const users = await Promise.all(
      ['r.example/owner/app', 'r.example/owner/b', 'r.example/c'].map(text => find(text, env)),
    )
    expect(users.map(found => found?.credentials)).toMatchObject([
      { username: 'r.example/owner/app' },
      { username: 'r.example/owner' },
      { username: 'r.example' },
    ])
  })

  test.each([
    [
      { username: 'bob', password: 'x' },
      { kind: 'password', username: 'bob', password: 'x' },
    ],
    [{ auth: encode('bob:x\0\0') }, { kind: 'password', username: 'bob', password: 'x' }],
    [{ auth: encode('bob:ü') }, { kind: 'password', username: 'bob', password: 'ü' }],
    [
      { auth: encode('00000000:'), identitytoken: 'refresh' },
      { kind: 'identity-token', token: 'refresh' },
    ],
    [{ registrytoken: 'bearer' }, { kind: 'registry-token', token: 'bearer' }],
    [{}, undefined],
    [null, undefined],
    [{ auth: '' }, undefined],
  ])('reads %j', async (entry, expected) => {
    const found = await find('r.example/a', await writeConfig({ auths: { 'r.example': entry } }))
    expect(found?.credentials).toEqual(expected)
  })

  test('DOCKER_AUTH_CONFIG goes before the file, which serves what it does not name', async () => {
    const env = await writeConfig({
      auths: { 'a.example': { auth: encode('file:x') }, 'b.example': { auth: encode('file:x') } },
    })
    env.DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'a.example': { auth: encode('env:x') } } })
    expect((await find('a.example/x', env))?.credentials).toMatchObject({ username: 'env' })
    expect((await find('b.example/x', env))?.credentials).toMatchObject({ username: 'file' })
  })

  test('without a file there are none', async () => {
    expect(await find('r.example/a', { DOCKER_CONFIG: join(folder, 'nothing') })).toBeUndefined()
    expect(await find('r.example/a', { HOME: folder })).toBeUndefined()
  })

  test('below HOME where DOCKER_CONFIG is not set', async () => {
    await mkdir(join(folder, '.docker'))
    await writeConfig({ auths: { 'r.example': { auth: encode('bob:x') } } }, '.docker/config.json')
    expect(await find('r.example/a', { HOME: folder })).toBeDefined()
  })

  test.each([
    ['{"auths": hunter2', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{"auths": "hunter2"}', '"auths"'],
    [`{"auths":{"r.example":{"auth":"${encode('hunter2')}"}}}`, 'not base64 of user:password'],
    ['{"auths":{"r.example":{"auth":"!hunter2"}}}', 'not base64 of user:password'],
    ['{"auths":{"r.example":{"auth":["hunter2"]}}}', 'wrong shape'],
    ['{"credHelpers":{"r.example":5}}', 'credHelpers.r.example'],
  ])('says what is wrong with %s, and shows nothing of it', async (text, problem) => {
    const error = await catchFailure(find('r.example/a', await writeConfig(text)))
    expect(error.code).toBe('CREDENTIALS_INVALID')
    expect(error.message).toContain(problem)
    expect(error.message).toContain(join(folder, 'config.json'))
    expect(showFailure(error)).not.toMatch(/hunter2|aHVudGVyMg/)
  })
})

describe('credential helpers', () => {
  const answer = (username: string, secret: string) =>
    `echo '${JSON.stringify({ ServerURL: 'x', Username: username, Secret: secret })}'`

  test('the own helper of a registry goes before the general store', async () => {
    await writeHelper('own', answer('own', 'x'))
    await writeHelper('all', answer('all', 'x'))
    const env = await writeConfig({ credsStore: 'all', credHelpers: { 'r.example': 'own' } })
    expect(await find('r.example/a', env)).toEqual({
      credentials: { kind: 'password', username: 'own', password: 'x' },
      from: 'docker-credential-own',
    })
    expect((await find('s.example/a', env))?.credentials).toMatchObject({ username: 'all' })
  })

  test.each([
    ['node', 'https://index.docker.io/v1/'],
    ['r.example:5000/a', 'r.example:5000'],
  ])('is asked for %s by the name %s', async (text, server) => {
    await writeHelper('all', answer('bob', 'x'))
    await find(text, await writeConfig({ credsStore: 'all' }))
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe(server)
  })

  test('may give a refresh token', async () => {
    await writeHelper('all', answer('<token>', 'refresh'))
    const found = await find('r.example/a', await writeConfig({ credsStore: 'all' }))
    expect(found?.credentials).toEqual({ kind: 'identity-token', token: 'refresh' })
  })

  test('that has none leaves the word to auths', async () => {
    await writeHelper('all', 'echo "credentials not found in native keychain"; exit 1')
    const env = await writeConfig({ credsStore: 'all', auths: { 'r.example': { auth: encode('bob:x') } } })
    expect((await find('r.example/a', env))?.credentials).toMatchObject({ username: 'bob' })
    expect(await find('s.example/a', env)).toBeUndefined()
  })

  test.each([
    ['missing', undefined, 'it is not installed'],
    [
      'failing',
      'echo "no \u001b[31mkeychain" >&2; echo hunter2; exit 3',
      'exit code 3 and said: no [31mkeychain',
    ],
    ['hanging', 'exec sleep 60', 'did not answer within 0.3 s'],
    ['talking', 'echo hunter2', 'not JSON'],
    ['confused', `echo '{"Secret":"hunter2"}'`, 'no Username and Secret'],
    ['flooding', 'exec yes hunter2', 'prints without end'],
    ['../evil', undefined, 'not the name of a helper'],
  ])('that is %s is named, and what it printed is not shown', async (name, body, problem) => {
    if (body !== undefined) await writeHelper(name, body)
    const env = await writeConfig({ credsStore: name })
    const error = await catchFailure(find('r.example/a', env, name === 'hanging' ? 300 : 5000))
    expect(error.code).toBe('CREDENTIALS_INVALID')
    expect(error.message).toContain(problem)
    expect(showFailure(error)).not.toContain('hunter2')
  })
})

describe('pullCredentials', () => {
  test.each([
    [
      'node',
      { auth: encode('bob:x') },
      { username: 'bob', password: 'x', serveraddress: 'https://index.docker.io/v1/' },
    ],
    [
      'docker.io/a/b',
      { identitytoken: 't' },
      { identitytoken: 't', serveraddress: 'https://index.docker.io/v1/' },
    ],
    [
      'docker.io/a/b',
      { registrytoken: 't' },
      { registrytoken: 't', serveraddress: 'https://index.docker.io/v1/' },
    ],
  ])('speaks the words of the engine for %s with %j', async (text, entry, expected) => {
    const env = await writeConfig({ auths: { 'docker.io': entry } })
    expect(await pullCredentials(parseReference(text), { env })).toEqual(expected)
  })

  test('takes a reference as text, and gives undefined where there are none', async () => {
    expect(await pullCredentials('r.example:5000/a', { env: await writeConfig({}) })).toBeUndefined()
  })

  test('takes a store that does not work for none, and says so', async () => {
    const notices: string[] = []
    const env = await writeConfig({ credsStore: 'missing' })
    expect(
      await pullCredentials('r.example/a', { env, onNotice: text => notices.push(text) }),
    ).toBeUndefined()
    expect(notices.join()).toContain('docker-credential-missing')
  })
})
