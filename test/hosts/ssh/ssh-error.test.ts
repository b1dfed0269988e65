import { expect, test } from 'vitest'
import { explainSshFailure } from '../../../src/hosts/ssh/ssh-error.js'

/** What OpenSSH writes: this and most of the others as 9.2 wrote them, the rarer ones from knowledge of it. */
const CHANGED = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ED25519 key sent by the remote host is
SHA256:tYX1IkSTHDyTrcHM0c3OrJZlpQhAvfcdaLXqbTDSvwI.
Please contact your system administrator.
Add correct host key in /root/.ssh/known_hosts to get rid of this message.
Offending ED25519 key in /root/.ssh/known_hosts:1
Host key for [127.0.0.1]:2222 has changed and you have requested strict checking.
Host key verification failed.
`

test.each<[string, string, string, string, string]>([
  ['a key that has changed', CHANGED, 'HOST_KEY', 'host key is not the one', 'Host key verification failed.'],
  [
    'a key that is not known',
    'No ED25519 host key is known for [127.0.0.1]:2222 and you have requested strict checking.\r\nHost key verification failed.\r\n',
    ...(['HOST_KEY', 'not known yet', 'Host key verification failed.'] as const),
  ],
  [
    'a login that is refused',
    'root@127.0.0.1: Permission denied (publickey).\r\n',
    ...(['ENGINE_UNAVAILABLE', 'the login was refused', 'Permission denied (publickey)'] as const),
  ],
  [
    'too many keys in the agent',
    'Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures\r\nDisconnected from 127.0.0.1 port 22\r\n',
    ...(['ENGINE_UNAVAILABLE', 'the login was refused', 'Too many authentication failures'] as const),
  ],
  [
    'a name that nobody knows',
    'ssh: Could not resolve hostname nosuch.invalid: Name or service not known\r\n',
    ...(['ENGINE_UNAVAILABLE', 'its name is not known', 'nosuch.invalid'] as const),
  ],
  [
    'a jump host that nobody knows, and what follows from it',
    'ssh: Could not resolve hostname jump.invalid: Name or service not known\r\nkex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n',
    ...(['ENGINE_UNAVAILABLE', 'its name is not known', 'jump.invalid'] as const),
  ],
  [
    'a port where nothing listens, with a key that is missing',
    'Warning: Identity file /nope not accessible: No such file or directory.\nno such identity: /nope: No such file or directory\r\nssh: connect to host 127.0.0.1 port 9: Connection refused\r\n',
    ...(['ENGINE_UNAVAILABLE', 'nothing listens on its ssh port', 'port 9: Connection refused'] as const),
  ],
  [
    'a port that closes at once',
    'kex_exchange_identification: Connection closed by remote host\r\nConnection closed by 127.0.0.1 port 22991\r\n',
    ...(['ENGINE_UNAVAILABLE', 'it does not answer', 'Connection closed'] as const),
  ],
  [
    'a port that says nothing',
    'Connection timed out during banner exchange\r\nConnection to 127.0.0.1 port 22991 timed out\r\n',
    ...(['ENGINE_UNAVAILABLE', 'it does not answer', 'timed out'] as const),
  ],
  [
    'a host that is off',
    'ssh: connect to host 192.0.2.1 port 22: No route to host\r\n',
    ...(['ENGINE_UNAVAILABLE', 'it does not answer', 'No route to host'] as const),
  ],
  [
    'an old sshd',
    'Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss\r\n',
    ...(['ENGINE_UNAVAILABLE', 'no algorithm in common', 'Their offer: ssh-rsa'] as const),
  ],
  [
    'a configuration with a typing error',
    '/root/.ssh/config: line 3: Bad configuration option: prot\r\n/root/.ssh/config: terminating, 1 bad configuration options\r\n',
    ...(['ENGINE_UNAVAILABLE', 'ssh refuses its own configuration', 'line 3'] as const),
  ],
  [
    'no ssh at all',
    'spawn ssh ENOENT',
    ...(['ENGINE_UNAVAILABLE', 'there is no `ssh` command', 'ENOENT'] as const),
  ],
  [
    'words that nobody has seen',
    'something else\nentirely\n',
    ...(['ENGINE_UNAVAILABLE', 'ssh failed', 'entirely'] as const),
  ],
  ['nothing', '', 'ENGINE_UNAVAILABLE', 'ssh failed', 'without a word'],
])('%s', (_, stderr, code, reason, words) => {
  const error = explainSshFailure('pi', '-p 2222 root@pi4.lan', stderr)
  expect(error.code).toBe(code)
  expect(error.message).toMatch(/^Host pi: no ssh connection to -p 2222 root@pi4\.lan: /)
  expect(error.message).toContain(reason)
  expect(error.message).toContain(words)
  expect(error.hint).toMatch(/ssh/)
  if (!stderr.includes('ENOENT')) expect(error.hint).toMatch(/root@pi4\.lan/)
})

test('what a host’s banner holds steers no terminal, and a long one is cut', () => {
  const { message } = explainSshFailure(
    'pi',
    'pi',
    `\u001b]0;owned\u0007${'x'.repeat(10_000)}\u001b[2J\n\u0000`,
  )
  expect(message).toMatch(/^[ -~]*$/)
  expect(message.length).toBeLessThan(500)
})
