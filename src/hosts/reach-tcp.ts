import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { ArchparityError, describeError } from '../errors.js'
import { redactUrl } from './engine-client.js'
import type { HostSpec } from './host.js'

const TIMEOUT_MS = 10_000
const PING = 'GET /_ping HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n'
/** More than the first line of an answer, and than Go's words for a request that should have been TLS. */
const ENOUGH_BYTES = 2000

/**
 * Asks once whether a web server of the expected kind is there, so that a wrong address, port or certificate is told
 * for what it is. With TLS 1.3 only an answer shows that the engine took our certificate.
 * Throws ENGINE_UNAVAILABLE.
 */
export async function reachTcp(dial: () => Socket, spec: HostSpec): Promise<void> {
  const socket = dial()
  // Whatever comes after the first error is of no interest, and must not be nobody's.
  socket.on('error', () => {})
  let connected = false
  const event = isTls(socket) ? 'secureConnect' : 'connect'
  socket.once(event, () => {
    connected = true
    socket.write(PING)
  })
  try {
    const answer = await readAnswer(socket)
    const problem = judgeAnswer(answer, isTls(socket))
    if (problem !== undefined) throw problem
  } catch (error) {
    const { endpoint, from, name } = spec
    const shown = redactUrl(endpoint)
    throw new ArchparityError(
      'ENGINE_UNAVAILABLE',
      `Host ${name}: ${shown} (from ${from}) cannot be reached: ${describeError(error)}`,
      {
        hint: adviseOnTcp(error, spec, connected && isTls(socket)),
        cause: error,
        details: { host: name, endpoint: shown },
      },
    )
  } finally {
    socket.destroy()
  }
}

const isTls = (socket: Socket): socket is TLSSocket => 'encrypted' in socket

function readAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    socket.once('error', reject)
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      if (answer.length > ENOUGH_BYTES || /^HTTP\/1\.1 \d{3}[^\n]*\n/.test(answer)) resolve(answer)
    })
    socket.once('end', () => resolve(answer))
    socket.once('close', () => resolve(answer))
    const late = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS)
    socket.once('close', () => clearTimeout(late))
  })
}

type Problem = Error & { code: string }
const describeProblem = (code: string, message: string): Problem =>
  Object.assign(new Error(message), { code })

/** What is wrong with an answer to PING; undefined where a web server has given it. Its status is the client's matter. */
function judgeAnswer(answer: string, encrypted: boolean): Problem | undefined {
  if (answer === '') return describeProblem('CLOSED', 'it ended the connection without a word')
  // Go's own words (net/http), which dockerd and Podman answer with.
  if (!encrypted && answer.startsWith('HTTP/1.0 400') && /HTTP request to an HTTPS server/.test(answer))
    return describeProblem('WANTS_TLS', 'it speaks TLS, and was spoken to without')
  // A record of TLS: an alert of version 3.x (RFC 8446, section 5.1).
  if (!encrypted && answer.charCodeAt(0) === 0x15 && answer.charCodeAt(1) === 3)
    return describeProblem('WANTS_TLS', 'it speaks TLS, and was spoken to without')
  return /^HTTP\/1\.[01] \d{3}/.test(answer)
    ? undefined
    : describeProblem('NO_ENGINE', 'what answers there is no container engine')
}

function adviseOnTcp(error: unknown, { tls, from, local }: HostSpec, accepted: boolean): string {
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  const folder = tls ?? ''
  if (code === 'WANTS_TLS') {
    return local
      ? 'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem.'
      : 'Say where its keys are: tls=FOLDER, with ca.pem, cert.pem and key.pem.'
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNEXPECTED_MESSAGE/.test(code)) {
    return 'What listens there speaks no TLS. Is the port right (Docker takes 2376 with TLS, 2375 without)? An engine without TLS obeys everyone who reaches it.'
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'Reach the engine by a name or an address that its certificate names, or make the certificate anew with this one (subjectAltName).'
  }
  // The alert of the other side, or, where that was lost on the way, an end right after the handshake.
  if (/ALERT/.test(code) || (accepted && /^(CLOSED|ECONNRESET|EPIPE)$/.test(code))) {
    return `The engine does not take cert.pem of ${folder}: it must be signed by the authority that the engine knows (--tlscacert), for clients, and be valid today (openssl x509 -in ${folder}/cert.pem -noout -issuer -dates).`
  }
  if (/CERT|SELF_SIGNED|VERIFY|UNABLE_TO|SSL|TLS/.test(code)) {
    return `The engine's certificate does not hold against ca.pem of ${folder}: it must be signed by that authority and be valid today. Is it the right folder, and the right machine?`
  }
  const named = local ? ` ${from} says that it is there.` : ''
  if (code === 'ECONNREFUSED')
    return `Nothing listens there: is the engine started with \`--host tcp://...\`?${named}`
  return `Check the address, the network and the firewall between.${named}`
}
