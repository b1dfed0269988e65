import { Agent } from 'undici'
import { expect, test } from 'vitest'
import type { Reach } from '../../../src/model/reach.js'
import { isOwnAddress } from '../../../src/worker/container/own-address.js'
import { type ContainerNetwork, reachPort } from '../../../src/worker/container/reach-port.js'

const dispatcher = new Agent()
const HERE = '127.0.0.1'
/** Set aside for documentation (RFC 5737): nobody's. */
const ELSEWHERE = '192.0.2.1'

test('an address is one of this machine’s or not', async () => {
  expect(await isOwnAddress(HERE)).toBe(true)
  expect(await isOwnAddress(ELSEWHERE)).toBe(false)
  expect(await isOwnAddress('localhost')).toBe(false)
  expect(await isOwnAddress('')).toBe(false)
})

test.each<[string, Reach['kind'], Partial<ContainerNetwork>, string]>([
  ['a network of this machine', 'bridge', {}, 'http://10.1.2.3:80'],
  ['a network of another', 'bridge', { gateway: ELSEWHERE }, 'http://10.1.2.3:80 by arm64'],
  ['a network that leads nowhere', 'bridge', { gateway: '' }, 'http://10.1.2.3:80 by arm64'],
  ['no network', 'bridge', { mode: 'none', address: undefined }, 'no way'],
  ['the engine alone', 'engine', {}, 'http://10.1.2.3:80 by arm64'],
  [
    'an engine that tells no address',
    'engine',
    { mode: 'slirp4netns', address: '' },
    'http://127.0.0.1:80 by arm64',
  ],
  ['the engine alone, and no network', 'engine', { mode: 'none', address: undefined }, 'no way'],
  ['the engine alone, and its own network', 'engine', { mode: 'host', address: undefined }, 'no way'],
  ['an address that is none', 'engine', { address: 'example.org' }, 'http://127.0.0.1:80 by arm64'],
])('%s', async (_, kind, changes, expected) => {
  const network = { mode: 'default', address: '10.1.2.3', gateway: HERE, ...changes }
  const opened: string[] = []
  const reach = { kind, architecture: 'arm64' } as Reach
  const route = await reachPort(reach, network, 80, async architecture => {
    opened.push(architecture)
    return { dispatcher, knock: async () => undefined }
  })
  expect(route?.dispatcher).toBe(opened.length > 0 ? dispatcher : undefined)
  expect([route?.origin ?? 'no way', ...opened].join(' by ')).toBe(expected)
})
