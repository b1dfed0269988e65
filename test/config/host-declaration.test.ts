import { describe, expect, test } from 'vitest'
import { type HostDeclaration, parseHostDeclaration } from '../../src/config/host-declaration.js'
import { mergeSettings } from '../../src/config/load.js'
import { validateConfig } from '../../src/config/validate.js'

/** The hosts that a configuration with these declares, or the words of its error. */
function readHosts(...hosts: unknown[]): readonly HostDeclaration[] | string {
  try {
    return mergeSettings(validateConfig({ hosts }, 'x.ts')).hosts
  } catch (error) {
    return (error as Error).message
  }
}

describe('the short form', () => {
  test.each<[string, HostDeclaration]>([
    ['ssh://root@pi4.lan', { endpoint: 'ssh://root@pi4.lan' }],
    ['pi=ssh://root@pi4.lan:2222', { name: 'pi', endpoint: 'ssh://root@pi4.lan:2222' }],
    ['local', { endpoint: 'local' }],
    ['here=local', { name: 'here', endpoint: 'local' }],
    ['context:pi', { endpoint: 'context:pi' }],
    ['farm=buildx:farm', { name: 'farm', endpoint: 'buildx:farm' }],
    ['unix:///run/a=b.sock', { endpoint: 'unix:///run/a=b.sock' }],
    ['ssh://[fe80::1%eth0]:22/run/docker.sock', { endpoint: 'ssh://[fe80::1%eth0]:22/run/docker.sock' }],
    [
      'z=tcp://z:2376,tls=/keys,concurrency=8,platform=linux/s390x,platform=arm64',
      {
        name: 'z',
        endpoint: 'tcp://z:2376',
        tls: '/keys',
        concurrency: 8,
        platforms: ['linux/s390x', 'arm64'],
      },
    ],
    ['endpoint=local,name=here', { endpoint: 'local', name: 'here' }],
    ['tls=/keys,endpoint=tcp://z', { endpoint: 'tcp://z', tls: '/keys' }],
  ])('%s', (text, declared) => {
    expect(parseHostDeclaration(text)).toEqual(declared)
    expect(readHosts(text)).toEqual([declared])
    expect(readHosts(declared)).toEqual([declared])
  })

  test.each([
    ['', 'no endpoint'],
    ['name=pi', 'no endpoint'],
    ['pi=ssh://pi,port=22', '"port=22" is none of'],
    ['ssh://pi,', '"" is none of'],
    ['ssh://pi,platform', '"platform" is none of'],
    ['ssh://pi,platform=', '"platform=" is none of'],
    ['ssh://pi,platforms=linux/arm64', 'platform='],
    ['ssh://pi,constructor=x', 'none of'],
    ['pi=ssh://pi,name=other', 'name twice'],
    ['ssh://pi,endpoint=ssh://other', 'endpoint twice'],
    ['tcp://z,tls=/a,tls=/b', 'tls twice'],
    ['tls=/a,endpoint=tcp://z,tls=/b', 'tls twice'],
    ['ssh://pi,concurrency=1,concurrency=2', 'concurrency twice'],
  ])('%j declares none, and says why', (text, words) => {
    expect(parseHostDeclaration(text)).toContain(words)
    const message = readHosts(text)
    expect(message).toContain(`hosts.0 (is ${JSON.stringify(text)})`)
    expect(message).toContain(words)
  })

  test.each([
    ['pi=', 'endpoint: local, unix:///path, ssh://'],
    ['pi4.lan', 'endpoint: local, unix:///path, ssh://'],
    ['context:', 'endpoint: '],
    ['context://pi', 'endpoint: '],
    ['gopher://pi', 'endpoint: '],
    ['ssh://pi,platform=linux/a/b/c', 'platforms.0: "linux/a/b/c" is no platform'],
    ['ssh://pi,concurrency=many', 'concurrency: '],
    ['ssh://pi,concurrency=0', 'concurrency: '],
    ['ssh://pi,concurrency=257', 'concurrency: '],
    ['ssh://pi,concurrency=-1', 'concurrency: '],
    ['ssh://pi,name=my pi', 'name: at most 40'],
    ['ssh://pi,tls=/keys', 'tls: only for an engine behind tcp://'],
    [`${'p'.repeat(41)}=ssh://pi`, 'name: at most 40'],
  ])('%s names the key that is wrong', (text, words) => {
    const message = readHosts('local', text)
    expect(message).toContain(`hosts.1 (is ${JSON.stringify(text)})`)
    expect(message).toContain(words)
  })
})

describe('the object form', () => {
  test.each<[unknown, string]>([
    [{}, 'hosts.0.endpoint'],
    [{ endpoint: 7 }, 'hosts.0.endpoint (is 7)'],
    [{ endpoint: 'pi' }, 'hosts.0.endpoint (is "pi"): local, unix:///path'],
    [{ endpoint: 'local', name: 'a b' }, 'hosts.0.name (is "a b"): at most 40'],
    [{ endpoint: 'local', name: '' }, 'hosts.0.name (is ""): at most 40'],
    [{ endpoint: 'local', platforms: [] }, 'hosts.0.platforms (is [])'],
    [{ endpoint: 'local', platforms: 'linux/arm64' }, 'hosts.0.platforms (is "linux/arm64")'],
    [{ endpoint: 'local', platforms: ['linux/arm64', 'linux'] }, 'hosts.0.platforms.1 (is "linux")'],
    [{ endpoint: 'local', concurrency: '4' }, 'hosts.0.concurrency (is "4")'],
    [{ endpoint: 'local', concurrency: 1.5 }, 'hosts.0.concurrency (is 1.5)'],
    [{ endpoint: 'tcp://z', tls: '' }, 'hosts.0.tls (is "")'],
    [{ endpoint: 'ssh://z', tls: '/keys' }, 'hosts.0.tls (is "/keys"): only for an engine behind tcp://'],
    [7, 'hosts.0 (is 7)'],
    [null, 'hosts.0 (is null)'],
    [['local'], 'hosts.0 (is ["local"])'],
  ])('%j names key and value', (value, words) => {
    expect(readHosts(value)).toContain(words)
  })

  test('an unknown key is named, with those that there are, and not with a setting of the whole', () => {
    const message = readHosts({ endpoint: 'local', platform: 'linux/arm64' })
    expect(message).toContain('unknown "platform"; a host has name, endpoint, platforms, concurrency, tls')
    expect(message).not.toContain('did you mean')
  })

  test('every fault of every host is told at once', () => {
    const message = readHosts({ endpoint: 'x', concurrency: 0 }, 'ssh://pi', 'y')
    for (const place of ['hosts.0.endpoint', 'hosts.0.concurrency', 'hosts.2'])
      expect(message).toContain(place)
  })
})

test('a key that is undefined is not there', () => {
  expect(readHosts({ endpoint: 'context:z', tls: undefined })).toStrictEqual([{ endpoint: 'context:z' }])
})

test('a password in an endpoint is not told again', () => {
  for (const value of ['ssh://me:s3cret@pi,x=1', { endpoint: 'gopher://me:s3cret@pi' }]) {
    const message = readHosts(value)
    expect(message).toContain('://me:***@pi')
    expect(message).not.toContain('s3cret')
  }
})

test('hosts of the command line take the place of all those in the file', () => {
  const file = validateConfig({ hosts: ['a=ssh://a', 'b=ssh://b'], localHost: false }, 'file')
  const flags = validateConfig({ hosts: ['c=ssh://c'] }, 'command line')
  expect(mergeSettings(file, flags)).toMatchObject({
    hosts: [{ name: 'c', endpoint: 'ssh://c' }],
    localHost: false,
  })
  expect(mergeSettings(file, {}).hosts).toHaveLength(2)
})
