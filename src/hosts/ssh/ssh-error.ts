import { ArchparityError } from '../../errors.js'

/** What `ssh` says on standard error when it gives up, and what to do then; the first match decides. */
const REASONS: readonly (readonly [RegExp, string, (destination: string) => string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|No .* host key is known/i,
    'its host key is not the one that known_hosts has, or is not known yet',
    destination =>
      `Compare the key's fingerprint with the host's own, then connect once by hand: ssh ${destination}. archparity never accepts a key by itself.`,
  ],
  [
    /Permission denied|Too many authentication failures|no such identity/i,
    'the login was refused',
    destination =>
      `It must work without a question: ssh -o BatchMode=yes ${destination} true. Load the key into an agent (ssh-add), or name it in ~/.ssh/config.`,
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

/** The error for an ssh connection that did not come about, from what ssh wrote. */
export function explainSshFailure(host: string, destination: string, stderr: string): ArchparityError {
  const found = REASONS.find(([pattern]) => pattern.test(stderr))
  const said = stderr
    .split('\n')
    .map(line => line.replace(/[^\x20-\x7e]/g, '').trim())
    .filter(line => line !== '' && !/^@+$/.test(line))
  const words = said.at(-1)?.slice(0, 300) ?? 'ssh ended without a word'
  const code = found === REASONS[0] ? 'HOST_KEY' : 'ENGINE_UNAVAILABLE'
  return new ArchparityError(
    code,
    `Host ${host}: no ssh connection to ${destination}: ${found?.[1] ?? 'ssh failed'} (${words})`,
    { hint: found?.[2](destination) ?? `Try it by hand: ssh -v ${destination} true.`, details: { host } },
  )
}
