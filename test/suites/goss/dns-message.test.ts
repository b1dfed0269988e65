import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { nameReverse, readDnsAnswer, writeDnsQuestion } from '../../../src/suites/goss/dns-message.js'
import type { RecordType } from '../../../src/suites/goss/subjects.js'

const NUMBERS = { A: 1, NS: 2, CNAME: 5, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, CAA: 257 } as const

const name = (text: string) =>
  Buffer.concat([
    ...text.split('.').map(each => Buffer.from(`${String.fromCharCode(each.length)}${each}`)),
    Buffer.alloc(1),
  ])

/** An answer to a question for `a.example`, whose name the records point to. */
function answer(type: number, records: readonly Buffer[], { id = 7, code = 0 } = {}): Buffer {
  const header = Buffer.from([0, id, 0x81, 0x80 | code, 0, 1, 0, records.length, 0, 0, 0, 0])
  const question = Buffer.concat([name('a.example'), Buffer.from([type >> 8, type & 255, 0, 1])])
  const answers = records.map(data =>
    Buffer.concat([
      Buffer.from([0xc0, 12, type >> 8, type & 255, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255]),
      data,
    ]),
  )
  return Buffer.concat([header, question, ...answers])
}

test('a question is written as it goes over TCP', () => {
  expect(writeDnsQuestion(0x1234, 'a.example.', 'AAAA').toString('hex')).toBe(
    '001b' + '1234' + '0100' + '0001' + '000000000000' + '0161' + '076578616d706c65' + '00' + '001c' + '0001',
  )
  for (const wrong of ['a..b', `${'x'.repeat(64)}.example`, `${'x.'.repeat(130)}y`])
    expect(() => writeDnsQuestion(1, wrong, 'A')).toThrow('is no name')
})

test.each<[RecordType, Buffer, string]>([
  ['A', Buffer.from([10, 1, 2, 3]), '10.1.2.3'],
  ['AAAA', Buffer.from('20010db8000000000000000000000001', 'hex'), '2001:db8::1'],
  ['CNAME', name('b.example'), 'b.example.'],
  ['NS', Buffer.from([1, 0x6e, 0xc0, 14]), 'n.example.'],
  ['PTR', name('host.example'), 'host.example.'],
  ['MX', Buffer.concat([Buffer.from([0, 10]), name('mx.example')]), '10 mx.example.'],
  ['SRV', Buffer.concat([Buffer.from([0, 1, 0, 2, 1, 0xbb]), name('s.example')]), '1 2 443 s.example.'],
  ['TXT', Buffer.from('\x03a=b\x01c'), 'a=b,c'],
  ['CAA', Buffer.from('\x00\x05issueca.example'), '0 issue ca.example'],
])('a record %s is written as goss does', (type, data, text) => {
  const { code, records } = readDnsAnswer(answer(NUMBERS[type], [data]), 7, type)
  expect({ code, records: records.join() }).toEqual({ code: 0, records: text })
})

describe('what a server says is not trusted', () => {
  test('records of another type are left out, and its code is told', () => {
    expect(readDnsAnswer(answer(5, [name('b.example')]), 7, 'A')).toEqual({ code: 0, records: [] })
    expect(readDnsAnswer(answer(1, [], { code: 3 }), 7, 'A')).toEqual({ code: 3, records: [] })
  })

  test('an answer to another question, a cut one and a name in a loop are errors', () => {
    const whole = answer(1, [Buffer.from([1, 2, 3, 4])])
    expect(() => readDnsAnswer(whole, 8, 'A')).toThrow('to another question')
    expect(() => readDnsAnswer(whole.subarray(0, 30), 7, 'A')).toThrow('cut off')
    const loop = Buffer.from(whole)
    loop.writeUInt16BE(0xc00c, 12)
    expect(() => readDnsAnswer(loop, 7, 'A')).toThrow('name without an end')
  })
})

test('an address is asked for its names in reverse', () => {
  expect(nameReverse('8.8.4.4')).toBe('4.4.8.8.in-addr.arpa.')
  expect(nameReverse('a.example')).toBeUndefined()
})
