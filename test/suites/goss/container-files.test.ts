import { describe, expect, test } from 'vitest'
import {
  findInHosts,
  listCandidates,
  parseResolverSettings,
} from '../../../src/suites/goss/resolver-files.js'
import { formatIp, parseSocketTable } from '../../../src/suites/goss/socket-table.js'
import { describeUser, parseGroups, parseUsers } from '../../../src/suites/goss/user-database.js'

describe('/proc/net', () => {
  const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 0200000A:1F90 0300000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
`
  test('gives the sockets that listen, and no connections', () => {
    expect(parseSocketTable('tcp', TCP, 'little')).toEqual([
      { network: 'tcp', port: 9090, address: '127.0.0.1' },
      { network: 'tcp', port: 8080, address: '0.0.0.0' },
    ])
  })

  test('gives addresses as a kernel with the other byte order writes them', () => {
    const line = '   0: 7F000001:0050 00000000:0000 0A 0:0 00:0 0     0        0 1 1\n'
    expect(parseSocketTable('tcp', line, 'big')).toMatchObject([{ address: '127.0.0.1', port: 80 }])
  })

  test('gives all sockets of UDP, and IPv6 in its short form', () => {
    const udp = '  12: 00000000:0035 00000000:0000 07 0:0 00:0 0     0        0 1 2\n'
    expect(parseSocketTable('udp', udp, 'little')).toMatchObject([{ port: 53, address: '0.0.0.0' }])
    const line = (address: string) =>
      `   0: ${address}:0050 ${'0'.repeat(32)}:0000 0A 0:0 00:0 0     0        0 1 1\n`
    const read = (address: string) => parseSocketTable('tcp6', line(address), 'little')[0]?.address
    expect(read('0'.repeat(32))).toBe('::')
    expect(read('00000000000000000000000001000000')).toBe('::1')
    expect(read('0000000000000000FFFF00000100007F')).toBe('127.0.0.1')
    expect(read('B80D0120000000000000000001000000')).toBe('2001:db8::1')
  })

  test.each([
    [[0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], '2001:db8:0:1::1'],
    [[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0], 'fe80::10:0:0:0'],
  ])('writes an address as %s', (bytes, text) => {
    expect(formatIp(bytes)).toBe(text)
  })
})

describe('/etc/passwd and /etc/group', () => {
  const users = parseUsers(
    'root:x:0:0:root:/root:/bin/sh\n# no\nbroken\nbad:x:a:b:::\napp:x:1000:1000::/home/app:\n',
  )
  const groups = parseGroups('root:x:0:\nstaff:x:50:app,root\napp:x:1000:\nwheel:x:10:root\n')

  test('give a user with its groups, sorted', () => {
    expect(users.map(({ name }) => name)).toEqual(['root', 'app'])
    expect(describeUser('app', users, groups)).toEqual({
      uid: 1000,
      gid: 1000,
      home: '/home/app',
      shell: '',
      groups: ['app', 'staff'],
    })
    expect(describeUser('bad', users, groups)).toBeUndefined()
  })
})

describe('how names are looked up', () => {
  test('by /etc/hosts, in any case', () => {
    const hosts = '127.0.0.1 localhost\n::1\tlocalhost ip6-localhost\n10.0.0.5 App.example app # me other\n'
    expect(findInHosts(hosts, 'localhost')).toEqual(['127.0.0.1', '::1'])
    expect(findInHosts(hosts, 'app.EXAMPLE.')).toEqual(['10.0.0.5'])
    expect(findInHosts(hosts, 'other')).toEqual([])
  })

  test('by /etc/resolv.conf, with its search list', () => {
    const settings = parseResolverSettings(
      '# x\nnameserver 10.0.0.2\nnameserver fe80::1\nsearch a.example b.example.\noptions ndots:2 timeout:1\n',
    )
    expect(settings).toEqual({
      servers: ['10.0.0.2', 'fe80::1'],
      search: ['a.example', 'b.example.'],
      dots: 2,
    })
    expect(listCandidates('www.x', settings)).toEqual(['www.x.a.example.', 'www.x.b.example.', 'www.x.'])
    expect(listCandidates('w.w.x', settings)[0]).toBe('w.w.x.')
    expect(listCandidates('x.', settings)).toEqual(['x.'])
    expect(listCandidates('x.y', parseResolverSettings(''))).toEqual(['x.y.'])
  })
})
