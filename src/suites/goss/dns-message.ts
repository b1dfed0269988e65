import { Buffer } from 'node:buffer'
import { formatIp } from './socket-table.js'
import type { RecordType } from './subjects.js'

/** Numbers of the record types (IANA, "DNS Parameters"). */
const NUMBERS: Readonly<Record<RecordType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  CAA: 257,
}

/** Names may point to names; more steps are a loop. */
const MAX_POINTERS = 64

/** A question as it is sent over TCP: its length, then the message (RFC 1035, sections 4.1 and 4.2.2). */
export function writeDnsQuestion(id: number, name: string, type: RecordType): Buffer {
  const labels = name.replace(/\.$/, '').split('.')
  if (name.length > 253 || labels.some(each => each === '' || Buffer.byteLength(each) > 63))
    throw new Error(`${JSON.stringify(name)} is no name that can be asked for`)
  const encoded = labels.flatMap(each => [Buffer.from([Buffer.byteLength(each)]), Buffer.from(each)])
  const header = Buffer.alloc(12)
  header.writeUInt16BE(id, 0)
  // Recursion is wanted; one question.
  header.writeUInt16BE(0x0100, 2)
  header.writeUInt16BE(1, 4)
  const tail = Buffer.from([0, NUMBERS[type] >> 8, NUMBERS[type] & 255, 0, 1])
  const message = Buffer.concat([header, ...encoded, tail])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** What a server answers: the records of the type that was asked for, as goss writes them. */
export interface DnsAnswer {
  /** 0 for an answer, 3 for a name that does not exist; others mean that the server could not say. */
  readonly code: number
  readonly records: readonly string[]
}

/** Reads an answer, without the length before it. Throws an Error for what is none. */
export function readDnsAnswer(message: Buffer, id: number, type: RecordType): DnsAnswer {
  try {
    return parseAnswer(message, id, type)
  } catch (error) {
    if (error instanceof RangeError) throw new Error('the server’s answer is cut off')
    throw error
  }
}

function parseAnswer(message: Buffer, id: number, type: RecordType): DnsAnswer {
  if (message.readUInt16BE(0) !== id || (message.readUInt8(2) & 0x80) === 0)
    throw new Error('the server’s answer is to another question')
  let at = 12
  for (let left = message.readUInt16BE(4); left > 0; left -= 1) at = readName(message, at).end + 4
  const records: string[] = []
  for (let left = message.readUInt16BE(6); left > 0; left -= 1) {
    at = readName(message, at).end
    const [number, length] = [message.readUInt16BE(at), message.readUInt16BE(at + 8)]
    at += 10
    if (number === NUMBERS[type]) records.push(...formatRecord(message, at, length, type))
    at += length
  }
  return { code: message.readUInt8(3) & 15, records }
}

function formatRecord(message: Buffer, at: number, length: number, type: RecordType): string[] {
  const data = message.subarray(at, at + length)
  switch (type) {
    case 'A':
    case 'AAAA':
      return [formatIp([...data])]
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return [readName(message, at).name]
    case 'MX':
      return [`${data.readUInt16BE(0)} ${readName(message, at + 2).name}`]
    case 'SRV':
      return [
        `${data.readUInt16BE(0)} ${data.readUInt16BE(2)} ${data.readUInt16BE(4)} ${readName(message, at + 6).name}`,
      ]
    case 'TXT':
      return readTexts(data)
    case 'CAA': {
      const tag = data.readUInt8(1)
      return [
        `${data.readUInt8(0)} ${data.toString('latin1', 2, 2 + tag)} ${data.toString('latin1', 2 + tag)}`,
      ]
    }
  }
}

function readTexts(data: Buffer): string[] {
  const texts: string[] = []
  for (let at = 0; at < data.length; at += 1 + data.readUInt8(at))
    texts.push(data.toString('utf8', at + 1, at + 1 + data.readUInt8(at)))
  return texts
}

/** A name with its final dot, and where what follows it begins. */
function readName(message: Buffer, start: number): { name: string; end: number } {
  let name = ''
  let end: number | undefined
  let at = start
  for (let pointers = 0; pointers <= MAX_POINTERS; ) {
    const length = message.readUInt8(at)
    if (length === 0) return { name: name === '' ? '.' : name, end: end ?? at + 1 }
    if (length >= 0xc0) {
      end ??= at + 2
      at = message.readUInt16BE(at) & 0x3fff
      pointers += 1
    } else {
      name += `${message.toString('latin1', at + 1, at + 1 + length)}.`
      at += 1 + length
    }
    if (name.length > 255) break
  }
  throw new Error('the server’s answer holds a name without an end')
}

/** The name by which an address is asked for its names; undefined where it is no IPv4 address. */
export function nameReverse(address: string): string | undefined {
  return /^(\d{1,3}\.){3}\d{1,3}$/.test(address)
    ? `${address.split('.').reverse().join('.')}.in-addr.arpa.`
    : undefined
}
