import { expect, test } from 'vitest'
import { readBuildxNodes } from '../../src/hosts/buildx-builder.js'
import { makeDockerConfig, makeNode, writeBuilder } from './docker-files.js'

/** The nodes of a builder `farm` that is kept as this. */
async function readFarm(content: unknown, name = 'farm') {
  const config = await makeDockerConfig()
  await writeBuilder(config, 'farm', content)
  return readBuildxNodes(name, { DOCKER_CONFIG: config })
}

const farm = (changes: object = {}) => ({
  Name: 'farm',
  Driver: 'docker-container',
  Nodes: [makeNode('farm0', 'unix:///var/run/docker.sock'), makeNode('farm1', 'pi4', 'linux/arm64')],
  Dynamic: false,
  ...changes,
})

const NODES = [
  { name: 'farm0', endpoint: 'unix:///var/run/docker.sock', platforms: [] },
  { name: 'farm1', endpoint: 'pi4', platforms: ['linux/arm64'] },
]

test('nodes with their endpoints, URLs or names of contexts, and the platforms that the user gave them', async () => {
  expect(await readFarm(farm())).toEqual(NODES)
})

test('variants are platforms of their own', async () => {
  const Nodes = [makeNode('a', 'ssh://a', 'linux/arm/v7', 'linux/arm/v6', 'linux/arm64')]
  expect((await readFarm(farm({ Nodes })))[0]?.platforms).toEqual([
    'linux/arm/v7',
    'linux/arm/v6',
    'linux/arm64',
  ])
})

test('a name is not case-sensitive, as with buildx', async () => {
  expect(await readFarm(farm(), 'Farm')).toHaveLength(2)
})

test('BUILDX_CONFIG is looked at before Docker’s own folder', async () => {
  const config = await makeDockerConfig()
  await writeBuilder(config, 'farm', farm())
  expect(await readBuildxNodes('farm', { BUILDX_CONFIG: `${config}/buildx` })).toHaveLength(2)
  await expect(
    readBuildxNodes('farm', { DOCKER_CONFIG: config, BUILDX_CONFIG: config }),
  ).rejects.toMatchObject({
    message: expect.stringContaining(`in ${config}`),
  })
})

test.each(['kubernetes', 'remote', 'cloud', undefined])(
  'a builder with the driver %s is refused: its nodes run no containers',
  async Driver => {
    await expect(readFarm(farm({ Driver }))).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining(`the driver ${JSON.stringify(Driver)}`),
      hint: expect.stringContaining('--host ssh://'),
    })
  },
)

test.each<[string, unknown, string]>([
  ['another name', farm(), 'far'],
  ['a path', farm(), '../instances/farm'],
  ['the folder itself', farm(), '..'],
  ['no name', farm(), ''],
  ['no JSON', '{', 'farm'],
  ['null', 'null', 'farm'],
  ['a list', [], 'farm'],
  ['no nodes', farm({ Nodes: undefined }), 'farm'],
  ['nodes that are null', farm({ Nodes: null }), 'farm'],
  ['nodes that are an object', farm({ Nodes: { length: 1 } }), 'farm'],
])('%s: there is no such builder', async (_, content, name) => {
  await expect(readFarm(content, name)).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    message: expect.stringContaining(`There is no buildx builder "${name}"`),
    hint: expect.stringContaining('docker buildx ls'),
  })
})

test('nodes that are none are left out, and so are platforms', async () => {
  const Nodes = [
    ...[null, 7, 'node', [], {}, { Name: 'x' }, { Name: 'x', Endpoint: 7 }, { Name: 'x', Endpoint: '' }],
    { Name: 'farm0', Endpoint: 'unix:///var/run/docker.sock', Platforms: 'linux/arm64' },
    {
      Name: 'farm1',
      Endpoint: 'pi4',
      Platforms: [
        ...[null, 7, [], {}, { os: 'linux' }, { os: 'linux', architecture: 7 }],
        { os: 'linux', architecture: 'arm64\u001b[31m' },
        { os: 'linux', architecture: 'arm64', variant: '' },
      ],
    },
  ]
  expect(await readFarm(farm({ Nodes }))).toEqual(NODES)
})

test('a builder none of whose nodes can be read is no empty list of hosts', async () => {
  for (const Nodes of [[], [null]]) {
    await expect(readFarm(farm({ Nodes }))).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('no node that can be read'),
    })
  }
})
