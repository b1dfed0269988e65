import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { HostDeclaration } from '../../src/config/host-declaration.js'
import { listHosts } from '../../src/hosts/list-hosts.js'
import { makeCertificates } from '../lab/hosts/certificates.js'
import { writeDockerContext } from '../lab/hosts/docker-context.js'
import { makeDockerConfig, makeNode, writeBuilder, writeMeta } from './docker-files.js'

const HERE = { DOCKER_HOST: 'unix:///run/here.sock' }

/** Hosts without the local engine, in an environment that has none. */
const list = (declarations: readonly HostDeclaration[], env: NodeJS.ProcessEnv = HERE) =>
  listHosts(declarations, false, env)
const listNames = async (...declarations: HostDeclaration[]) =>
  (await list(declarations)).map(host => host.name)

describe('the engine of this machine', () => {
  const LOCAL = { name: 'local', endpoint: 'unix:///run/here.sock', from: 'DOCKER_HOST', local: true }

  test('comes first without a word', async () => {
    expect(await listHosts([], true, HERE)).toEqual([LOCAL])
    const hosts = await listHosts([{ endpoint: 'ssh://pi' }], true, HERE)
    expect(hosts.map(host => host.name)).toEqual(['local', 'pi'])
  })

  test('is not there where it was switched off, unless it was declared', async () => {
    expect(await listHosts([], false, HERE)).toEqual([])
    expect(await listHosts([{ endpoint: 'local' }], false, HERE)).toEqual([LOCAL])
  })

  test('stands where it was declared, once, with what was said of it', async () => {
    const declared = { endpoint: 'local', name: 'here', concurrency: 3, platforms: ['linux/amd64'] }
    const hosts = await listHosts([{ endpoint: 'ssh://pi' }, declared], true, HERE)
    expect(hosts).toEqual([
      { name: 'pi', endpoint: 'ssh://pi', from: 'host ssh://pi', local: false },
      { ...LOCAL, name: 'here', concurrency: 3, platforms: ['linux/amd64'] },
    ])
  })

  test('has the keys of the environment, unless others were declared', async () => {
    const env = { DOCKER_HOST: 'tcp://here:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/keys' }
    expect(await listHosts([], true, env)).toMatchObject([{ endpoint: 'tcp://here:2376', tls: '/keys' }])
    const declared = { endpoint: 'local', tls: '/own' }
    expect(await listHosts([declared], true, env)).toMatchObject([{ tls: '/own' }])
  })

  test('its keys are no other host’s', async () => {
    const env = { DOCKER_HOST: 'tcp://here:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/keys' }
    expect((await list([{ endpoint: 'tcp://far:2376' }], env))[0]).not.toHaveProperty('tls')
  })
})

describe('names', () => {
  test.each([
    ['ssh://root@pi4.lan:22', 'pi4.lan'],
    ['ssh://pi4.lan/run/docker.sock', 'pi4.lan'],
    ['ssh://me:p@ss@pi4.lan', 'pi4.lan'],
    ['ssh://root@[fe80::1]:22', '[fe80::1]'],
    ['tcp://192.0.2.7:2376', '192.0.2.7'],
    ['tcp://192.0.2.7:2376/', '192.0.2.7'],
    ['https://z.example', 'z.example'],
    ['unix:///run/podman/podman.sock', 'podman'],
    ['unix:///run/engine', 'engine'],
    ['unix:///', 'socket'],
  ])('%s is called %s', async (endpoint, name) => {
    expect(await listNames({ endpoint })).toEqual([name])
  })

  test('what would be called the same gets a number, and never a name that was given', async () => {
    const twin = { endpoint: 'ssh://pi' }
    expect(await listNames(twin, twin, twin)).toEqual(['pi', 'pi-2', 'pi-3'])
    expect(await listNames(twin, twin, { endpoint: 'ssh://x', name: 'pi-2' })).toEqual(['pi', 'pi-3', 'pi-2'])
    expect(await listNames(twin, { endpoint: 'ssh://x', name: 'pi' })).toEqual(['pi-2', 'pi'])
    expect(await listNames(twin, twin, { endpoint: 'ssh://pi-2' })).toEqual(['pi', 'pi-2', 'pi-2-2'])
  })

  test('a name that was given twice is refused', async () => {
    const hosts = ['ssh://a', 'ssh://b'].map(endpoint => ({ endpoint, name: 'pi' }))
    await expect(list(hosts)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Two hosts are named "pi"',
      hint: expect.stringContaining('--host NAME=ENDPOINT'),
    })
  })

  test('a host that is called local leaves the engine of this machine another name', async () => {
    const hosts = await listHosts([{ endpoint: 'ssh://pi', name: 'local' }], true, HERE)
    expect(hosts.map(({ name, local }) => [name, local])).toEqual([
      ['local-2', true],
      ['local', false],
    ])
  })

  test('a password is in no name and in no word of who named it', async () => {
    expect(
      JSON.stringify(
        (await list([{ endpoint: 'tcp://me:s3cret@z:1' }])).map(({ name, from }) => ({ name, from })),
      ),
    ).not.toContain('s3cret')
  })
})

describe('a context', () => {
  test('becomes its engine, with its keys and what was declared besides', async () => {
    const config = await makeDockerConfig()
    const { client } = await makeCertificates(path.join(config, 'made'))
    await writeDockerContext(config, { name: 'z', host: 'tcp://z:2376', certificates: client })
    const env = { ...HERE, DOCKER_CONFIG: config }
    const [host] = await list([{ endpoint: 'context:z', concurrency: 2, platforms: ['linux/s390x'] }], env)
    expect(host).toEqual({
      ...{ name: 'z', endpoint: 'tcp://z:2376', from: 'host z', local: false },
      ...{ tls: expect.stringContaining(config), concurrency: 2, platforms: ['linux/s390x'] },
    })
    expect(await list([{ endpoint: 'context:z', name: 'big', tls: '/own' }], env)).toMatchObject([
      { name: 'big', endpoint: 'tcp://z:2376', tls: '/own' },
    ])
    expect(
      (await list([{ endpoint: 'context:z' }, { endpoint: 'context:z' }], env)).map(each => each.name),
    ).toEqual(['z', 'z-2'])
  })

  test('named default is Docker’s word for none', async () => {
    const env = { ...HERE, DOCKER_CONTEXT: 'pi', DOCKER_CONFIG: await makeDockerConfig() }
    expect(await list([{ endpoint: 'context:default' }], env)).toEqual([
      { name: 'default', endpoint: 'unix:///run/here.sock', from: 'host default', local: false },
    ])
  })

  test('that is missing is an error before any host is connected to', async () => {
    const declared = [{ endpoint: 'ssh://pi' }, { endpoint: 'context:nope' }]
    await expect(list(declared, { ...HERE, DOCKER_CONFIG: '/nowhere' })).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('"nope"'),
    })
  })

  test.each(['context:self', 'constructor:x', '__proto__:x', 'toString:x', ''])(
    'whose endpoint is %j stays an endpoint that nothing can open',
    async Host => {
      const config = await makeDockerConfig()
      await writeMeta(config, 'self', { Name: 'self', Endpoints: { docker: { Host } } })
      const hosts = await list([{ endpoint: 'context:self' }], { ...HERE, DOCKER_CONFIG: config })
      expect(hosts).toMatchObject([{ name: 'self', endpoint: Host }])
    },
  )
})

describe('a builder', () => {
  async function listFarm(declared: Partial<HostDeclaration>, ...nodes: ReturnType<typeof makeNode>[]) {
    const config = await makeDockerConfig()
    await writeBuilder(config, 'farm', { Name: 'farm', Driver: 'docker-container', Nodes: nodes })
    await writeDockerContext(config, { name: 'pi4', host: 'ssh://root@pi4.lan' })
    const declarations = [{ endpoint: 'buildx:farm', ...declared }]
    return list(declarations, { ...HERE, DOCKER_CONFIG: config })
  }
  const NODES = [
    makeNode('farm0', 'unix:///var/run/docker.sock'),
    makeNode('farm1', 'pi4', 'linux/arm64', 'linux/arm/v7'),
    makeNode('farm2', 'default'),
  ]

  test('becomes its nodes: a URL, a context, this machine’s own engine', async () => {
    expect(await listFarm({}, ...NODES)).toEqual([
      { name: 'farm0', endpoint: 'unix:///var/run/docker.sock', from: 'host farm0', local: false },
      {
        ...{ name: 'farm1', endpoint: 'ssh://root@pi4.lan', from: 'host farm1', local: false },
        platforms: ['linux/arm64', 'linux/arm/v7'],
      },
      { name: 'farm2', endpoint: 'unix:///run/here.sock', from: 'host farm2', local: false },
    ])
  })

  test('gives what was declared to each of them; a name is the beginning of theirs', async () => {
    const hosts = await listFarm({ name: 'ci', concurrency: 2, platforms: ['linux/arm64'] }, ...NODES)
    expect(hosts.map(host => [host.name, host.concurrency, host.platforms])).toEqual(
      ['ci-farm0', 'ci-farm1', 'ci-farm2'].map(name => [name, 2, ['linux/arm64']]),
    )
  })

  test('of one node has its name', async () => {
    expect((await listFarm({ name: 'ci' }, makeNode('farm0', 'pi4'))).map(host => host.name)).toEqual(['ci'])
  })

  test('whose nodes are called like other hosts gives way: the user named none of them', async () => {
    const config = await makeDockerConfig()
    const Nodes = [makeNode('pi', 'ssh://a')]
    await writeBuilder(config, 'farm', { Name: 'farm', Driver: 'docker-container', Nodes })
    const declared = [
      { endpoint: 'buildx:farm' },
      { endpoint: 'ssh://b', name: 'pi' },
      { endpoint: 'ssh://pi' },
    ]
    const hosts = await list(declared, { ...HERE, DOCKER_CONFIG: config })
    expect(hosts.map(host => host.name)).toEqual(['pi-2', 'pi', 'pi-3'])
  })
})
