import { expect, test } from 'vitest'
import { ArchparityError } from '../../../src/errors.js'
import { parseSshEndpoint } from '../../../src/hosts/ssh/destination.js'

const parse = (endpoint: string) => parseSshEndpoint({ name: 'pi', endpoint, from: 'host pi', local: false })

test.each<[string, ReturnType<typeof parse>]>([
  ['ssh://pi', { destination: 'pi' }],
  ['ssh://root@pi4.lan', { destination: 'root@pi4.lan' }],
  ['ssh://root@pi4.lan/', { destination: 'root@pi4.lan' }],
  ['ssh://pi4.lan:2222', { destination: 'pi4.lan', port: 2222 }],
  ['ssh://192.0.2.7:65535', { destination: '192.0.2.7', port: 65535 }],
  ['ssh://first.last+ci@my_host-1', { destination: 'first.last+ci@my_host-1' }],
  ['ssh://[2001:db8::7]', { destination: '2001:db8::7' }],
  ['ssh://root@[fe80::1%eth0]:22', { destination: 'root@fe80::1%eth0', port: 22 }],
  ['ssh://pi/run/user/1000/docker.sock', { destination: 'pi', socket: '/run/user/1000/docker.sock' }],
  ['ssh://me@pi:22/a b.sock', { destination: 'me@pi', port: 22, socket: '/a b.sock' }],
])('%s', (endpoint, destination) => {
  expect(parse(endpoint)).toEqual(destination)
})

test.each([
  // What ssh would take for an option.
  ...['ssh://-oProxyCommand=touch%20x', 'ssh://-oProxyCommand', 'ssh://-l', 'ssh://-l@pi', 'ssh://me@-oX'],
  ...['ssh://[-oX]', 'ssh://me@[-1]'],
  // What a shell would take for more than a name.
  ...['ssh://pi;reboot', 'ssh://pi$(x)', 'ssh://`x`@pi', 'ssh://pi pi', 'ssh://pi\nHost x', 'ssh://a@b@c'],
  ...['ssh://', 'ssh:///run/docker.sock', 'ssh://@pi', 'ssh://pi:', 'ssh://pi:ssh', 'ssh://pi?x=1'],
  ...['ssh://pi:0', 'ssh://pi:65536', 'ssh://pi:99999', 'ssh://pi:123456', 'ssh://fe80::1', 'tcp://pi'],
  ...['ssh://pi/run/a:b.sock', 'ssh://pi/run/a\nb.sock'],
])('%j is refused', endpoint => {
  expect(() => parse(endpoint)).toThrow(ArchparityError)
  expect(() => parse(endpoint)).toThrow(/^Host pi: .* is no ssh:\/\/\[user@\]host/)
})

test.each(['ssh://me:s3cret@pi', 'ssh://me:s3@cret@pi', 'ssh://me:s3cret@pi:22/x'])(
  'a password is refused and not told again: %s',
  endpoint => {
    const error = catchError(() => parse(endpoint))
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining('No password') })
    expect(`${error.message} ${error.hint} ${JSON.stringify(error.details)}`).not.toMatch(/s3|cret@/)
  },
)

function catchError(work: () => unknown): ArchparityError {
  try {
    work()
  } catch (error) {
    return error as ArchparityError
  }
  throw new Error('it was accepted')
}
