import { describe, expect, test } from 'vitest'
import { createEngineClient, redactUrl } from '../../src/hosts/engine-client.js'

/** What the client would connect to. */
function describeClient(url: string) {
  const { socketPath, protocol, host, port } = createEngineClient(url).modem as unknown as Record<
    string,
    unknown
  >
  return socketPath === undefined ? { protocol, host, port } : { socketPath }
}

test.each([
  ['unix:///var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
  ['unix:///tmp/a b.sock', { socketPath: '/tmp/a b.sock' }],
  ['npipe:////./pipe/docker_engine', { socketPath: '//./pipe/docker_engine' }],
  ['tcp://127.0.0.1:2375', { protocol: 'http', host: '127.0.0.1', port: 2375 }],
  ['tcp://engine.local', { protocol: 'http', host: 'engine.local', port: 2375 }],
  ['tcp://engine.local:99/', { protocol: 'http', host: 'engine.local', port: 99 }],
  ['http://[::1]:2375', { protocol: 'http', host: '::1', port: 2375 }],
])('%s', (url, expected) => {
  expect(describeClient(url)).toEqual(expected)
})

describe('what is refused', () => {
  test.each([
    'ssh://user:secret@host',
    'https://host:2376',
    'tcp://host:port',
    'tcp://a/b',
    'fd://',
    'nonsense',
    '',
  ])('%j, without its secrets', url => {
    const make = () => createEngineClient(url)
    expect(make).toThrow(expect.objectContaining({ code: 'ENGINE_UNAVAILABLE', category: 'coverage' }))
    expect(make).not.toThrow(/secret/)
    expect(make).toThrow(expect.objectContaining({ hint: expect.stringContaining('unix://') }))
  })
})

test('user information never leaves an URL', () => {
  expect(redactUrl('ssh://user:secret@host:22/x')).toBe('ssh://host:22/x')
  expect(redactUrl('ssh://user:p@ss@host')).toBe('ssh://host')
  expect(redactUrl('tcp://host:1')).toBe('tcp://host:1')
  expect(redactUrl('unix:///a@b')).toBe('unix:///a@b')
})
