import { ArchparityError, describeError, type ErrorCode } from '../../errors.js'
import { TransientFailure } from './retry.js'
import { redactUrl, sanitizeText } from './sanitize.js'

interface Kind {
  readonly codes: RegExp
  readonly code: ErrorCode
  readonly transient: boolean
  readonly problem?: string
  readonly hint: (host: string) => string
}

const LOST: Pick<Kind, 'code' | 'transient' | 'hint'> = {
  code: 'REGISTRY_UNREACHABLE',
  transient: true,
  hint: host =>
    `Check that ${host} is up and that the network and any proxy between (HTTPS_PROXY, NO_PROXY) let it through.`,
}

/** Kinds of failure below HTTP by the code that Node, OpenSSL or undici gives it; the first match counts. */
const KINDS: readonly Kind[] = [
  {
    codes: /^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/,
    code: 'REGISTRY_TLS',
    transient: false,
    problem: 'the server does not speak TLS there',
    hint: host => `If ${host} serves plain HTTP, declare it: --insecure-registry ${host}`,
  },
  {
    codes:
      /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|CRL_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH|UND_ERR_PRX_TLS)/,
    code: 'REGISTRY_TLS',
    transient: false,
    hint: host =>
      `Put the authority's certificate in /etc/docker/certs.d/${host}/ca.crt or name it in NODE_EXTRA_CA_CERTS; for a test registry, declare it: --insecure-registry ${host}`,
  },
  {
    codes: /^ENOTFOUND$/,
    code: 'REGISTRY_UNREACHABLE',
    transient: false,
    problem: 'the host is unknown',
    hint: host => `Check the spelling of ${host}, and that this machine's DNS knows it.`,
  },
  {
    codes: /^ECONNREFUSED$/,
    code: 'REGISTRY_UNREACHABLE',
    transient: false,
    problem: 'the connection is refused',
    hint: host => `Check that a registry listens on ${host}.`,
  },
  {
    codes: /^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM|UND_ERR_ABORTED)$/,
    ...LOST,
    transient: false,
  },
  {
    codes: /^HPE_/,
    code: 'REGISTRY_FAILED',
    transient: false,
    problem: 'what answers there is not HTTP',
    hint: host =>
      `If ${host} serves TLS, declare it (--insecure-registry ${host}) or add its certificate authority.`,
  },
  { codes: /^UND_ERR_CONNECT_TIMEOUT$|^ETIMEDOUT$/, ...LOST, problem: 'the connection timed out' },
  { codes: /^UND_ERR_HEADERS_TIMEOUT$/, ...LOST, problem: 'no answer came in time' },
  { codes: /^UND_ERR_BODY_TIMEOUT$/, ...LOST, problem: 'the answer stopped in the middle' },
  {
    codes: /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/,
    ...LOST,
    problem: 'the connection was lost',
  },
  { codes: /^EAI_AGAIN$/, ...LOST, problem: 'the host name could not be looked up' },
]

/**
 * Words what went wrong below HTTP: `REGISTRY_TLS`, `REGISTRY_UNREACHABLE` or `REGISTRY_FAILED`, inside a
 * `TransientFailure` where trying again may help. Errors that are worded already come back as they are.
 */
export function describeConnectionFailure(error: unknown, url: URL): Error {
  if (error instanceof ArchparityError || error instanceof TransientFailure) return error
  const code = findCode(error)
  const kind = KINDS.find(each => each.codes.test(code))
  const problem = kind?.problem ?? sanitizeText(describeError(rootOf(error)))
  const failure = new ArchparityError(
    kind?.code ?? 'REGISTRY_FAILED',
    `cannot read ${redactUrl(url)}: ${problem}${code ? ` (${code})` : ''}`,
    {
      hint: (kind ?? LOST).hint(url.host),
      cause: error,
      details: { url: redactUrl(url), ...(code ? { reason: code } : {}) },
    },
  )
  return kind?.transient ? new TransientFailure(failure) : failure
}

/** The innermost code: undici wraps Node's errors, and Node collects those of several addresses. */
function findCode(error: unknown): string {
  const root = rootOf(error)
  const code = (root as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : ''
}

function rootOf(error: unknown): unknown {
  let current = error
  for (let depth = 0; depth < 5; depth += 1) {
    const inner =
      current instanceof AggregateError
        ? current.errors[0]
        : (current as { cause?: unknown } | undefined)?.cause
    if (!(inner instanceof Error)) break
    current = inner
  }
  return current
}
