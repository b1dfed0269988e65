import { randomInt } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import type { Duplex } from 'node:stream'
import { FailedConnection } from '../../hosts/port-bridge.js'
import {
  type DnsAnswer,
  nameReverse,
  readDnsAnswer,
  writeDnsQuestion,
} from '../../suites/goss/dns-message.js'
import type { GossCheck } from '../../suites/goss/goss-suite.js'
import { listCandidates, parseResolverSettings } from '../../suites/goss/resolver-files.js'
import { type Address, type RecordType, readDnsQuestion } from '../../suites/goss/subjects.js'
import { CheckFailure } from '../failure.js'
import { getWorker } from '../worker.js'
import { connectWithin, ENGINE_ALLOWANCE_MS, openNetwork, readHosts } from './container-network.js'
import { type Look, makeSight, type Sight } from './look.js'
import { readStoredText } from './read-stored.js'

const NAME_NOT_FOUND = 3

/** Looks a name up from inside the container's network: in its /etc/hosts and by its servers, or by the one that is named. */
export async function lookAtDns(check: GossCheck, look: Look): Promise<Sight> {
  const question = readDnsQuestion(check.subject, check.settings.server as string | undefined)
  const addrs =
    question.server === undefined
      ? await resolveName(question.host, check, look)
      : await askServer(question.server, question.host, question.types, check, look)
  return makeSight(check, { resolvable: addrs.length > 0, addrs: [...addrs].sort() })
}

/** Addresses of a name as the container's own programs would find them; none where there is no such name. */
export async function resolveName(host: string, check: GossCheck, look: Look): Promise<string[]> {
  if (isIP(host) !== 0) return [host]
  const known = await readHosts(look.handle, host)
  if (known.length > 0) return known
  const settings = parseResolverSettings((await readStoredText(look.handle, '/etc/resolv.conf')) ?? '')
  const server = settings.servers.find(isIPv4)
  if (server === undefined)
    throw explainUnknown(host, 'the container’s /etc/resolv.conf names no IPv4 server')
  for (const name of listCandidates(host, settings)) {
    const found = await ask({ host: server, port: 53 }, name, ['A', 'AAAA'], check, look)
    if (found.length > 0) return found
  }
  return []
}

async function askServer(
  server: Address,
  host: string,
  types: readonly RecordType[],
  check: GossCheck,
  look: Look,
): Promise<string[]> {
  const addresses = isIPv4(server.host) ? [server.host] : await resolveName(server.host, check, look)
  const address = addresses.find(isIPv4)
  if (address === undefined) throw explainUnknown(host, `the server ${server.host} has no IPv4 address`)
  const reverse = types[0] === 'PTR' ? (nameReverse(host) ?? host) : host
  return ask({ ...server, host: address }, reverse, types, check, look)
}

async function ask(
  server: Address,
  name: string,
  types: readonly RecordType[],
  check: GossCheck,
  look: Look,
): Promise<string[]> {
  const records: string[] = []
  for (const type of types) {
    const { code, records: found } = await exchange(server, name, type, check, look)
    if (code !== 0 && code !== NAME_NOT_FOUND)
      throw explainUnknown(name, `the server ${server.host}:${server.port} answers with code ${code}`)
    records.push(...found)
  }
  return records
}

/** One question over TCP: of UDP nothing can be sent through the engine. */
async function exchange(
  server: Address,
  name: string,
  type: RecordType,
  check: GossCheck,
  { handle, signal }: Look,
): Promise<DnsAnswer> {
  const at = `${server.host}:${server.port}`
  const id = randomInt(0x10000)
  const network = await openNetwork(handle)
  const timeoutMs = (check.timeoutMs ?? 500) * getWorker().context.timeScale + ENGINE_ALLOWANCE_MS
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  let stream: Duplex | undefined
  try {
    const question = writeDnsQuestion(id, name, type)
    stream = await connectWithin(network, server.host, server.port, ended)
    stream.write(question)
    return readDnsAnswer(await readMessage(stream, ended), id, type)
  } catch (error) {
    const why = error instanceof FailedConnection ? error.code : String((error as Error).message)
    throw explainUnknown(name, `the server ${at} gives no answer over TCP: ${why}`)
  } finally {
    stream?.destroy()
  }
}

function readMessage(stream: Duplex, ended: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    ended.addEventListener('abort', () => reject(new Error('it did not answer in time')), { once: true })
    stream.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      if (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0))
        resolve(bytes.subarray(2, 2 + bytes.readUInt16BE(0)))
    })
    stream.once('end', () => reject(new Error('it ended the connection')))
    stream.once('error', reject)
  })
}

/** What is not known is errored: neither that there is such a name nor that there is none. */
function explainUnknown(name: string, why: string): CheckFailure {
  return new CheckFailure('infrastructure', 'NAME_UNKNOWN', `Whether ${name} exists cannot be known: ${why}`)
}
