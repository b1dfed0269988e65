import { ArchparityError } from '../../errors.js'

/**
 * What `ssh` says on standard error when it gives up, and what to do then; the first match decides. A jump host's
 * trouble is told before what follows from it, so the vaguest words come last.
 */
const REASONS: readonly (readonly [RegExp, string, (destination: string) => string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|No .* host key is known/i,
    'its host key is not the one that known_hosts has, or is not known yet',
    destination =>
      `Compare the key's fingerprint with the host's own, then connect once by hand: ssh ${destination}. archparity never accepts a key by itself.`,
  ],
  [
    /Permission denied|Too many authentication failures/i,
    'the login was refused',
    destination =>
      `It must work without a question: ssh -o BatchMode=yes ${destination} true. Load the key into an agent (ssh-add), or name it in ~/.ssh/config.`,
  ],
  [
    /spawn .*ENOENT/,
    'there is no `ssh` command here',
    () => 'Install the OpenSSH client (Debian, Ubuntu: sudo apt-get install openssh-client).',
  ],
  [
    /Bad configuration option|Bad owner or permissions on/,
    'ssh refuses its own configuration',
    destination => `Mend what it names, until this works: ssh -G ${destination}.`,
  ],
  [
    /Unable to negotiate|no matching .* found/i,
    'the two have no algorithm in common',
    destination => `Its sshd is very old or very new: ssh -v ${destination} true shows what each offers.`,
  ],
  [
    /Could not resolve hostname/i,
    'its name is not known',
    destination => `See what ssh makes of it: ssh -G ${destination} | head -5.`,
  ],
  [
    /Connection refused/i,
    'nothing listens on its ssh port',
    destination =>
      `Is the machine up, and its sshd? ssh -v ${destination} true shows the address that it tries.`,
  ],
  [
    /timed out|No route to host|Network is unreachable|Connection closed|Connection reset/i,
    'it does not answer',
    destination => `Is the machine up? ssh -v ${destination} true shows how far it gets.`,
  ],
]

/**
 * The error for an ssh connection that did not come about, from what ssh wrote. `destination` is what a user would
 * give to ssh, with its port.
 */
export function explainSshFailure(host: string, destination: string, stderr: string): ArchparityError {
  const lines = stderr
    .split('\n')
    .map(line => line.replace(/[^\x20-\x7e]/g, '').trim())
    .filter(line => line !== '' && !/^@+$/.test(line))
  const found = REASONS.find(([pattern]) => lines.some(line => pattern.test(line)))
  const telling = found === undefined ? lines : lines.filter(line => found[0].test(line))
  const words = telling.at(-1)?.slice(0, 300) ?? 'ssh ended without a word'
  const code = found === REASONS[0] ? 'HOST_KEY' : 'ENGINE_UNAVAILABLE'
  return new ArchparityError(
    code,
    `Host ${host}: no ssh connection to ${destination}: ${found?.[1] ?? 'ssh failed'} (${words})`,
    { hint: found?.[2](destination) ?? `Try it by hand: ssh -v ${destination} true.`, details: { host } },
  )
}
