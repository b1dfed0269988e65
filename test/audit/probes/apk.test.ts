import { expect, test } from 'vitest'
import { readFact } from './read-source.js'

const DATABASE = 'lib/apk/db/installed'

/** Two packages as Alpine 3.20 records them, shortened. */
const INSTALLED = `C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
P:alpine-baselayout
V:3.6.5-r0
A:aarch64
S:8515
I:315392
T:Alpine base dir structure and init scripts
U:https://git.alpinelinux.org/cgit/aports/tree/main/alpine-baselayout
L:GPL-2.0-only
o:alpine-baselayout
m:Natanael Copa <ncopa@alpinelinux.org>
t:1714981135
c:66187892e05b03a41d08e9acabd19b7576a1c875
D:alpine-baselayout-data=3.6.5-r0 /bin/sh !conflicting>2 so:libc.musl-aarch64.so.1
q:1000
F:dev
F:dev/pts
F:etc
R:motd
Z:Q1SLkS9hBidUbPwwrw+XR0Whv3ww8=
F:etc/crontabs
R:root
a:0:0:600
Z:Q1vfk1apUWI4yLJGhhNRd0kJixfvY=

C:Q1JXKh5ROcOhdXzmBhc+pHRzbzr48=
P:busybox-binsh
V:1.36.1-r29
A:aarch64
o:busybox
D:busybox=1.36.1-r29 busybox~1.36 cmd:sh@edge
p:/bin/sh cmd:sh=1.36.1-r29
F:bin
R:sh
a:0:0:777
`

test.each([DATABASE, 'usr/lib/apk/db/installed'])('reads %s', async path => {
  expect(await readFact(path, INSTALLED)).toEqual({
    kind: 'packages',
    packages: [
      {
        ecosystem: 'apk',
        name: 'alpine-baselayout',
        version: '3.6.5-r0',
        architecture: 'aarch64',
        source: 'alpine-baselayout 3.6.5-r0',
        requires: ['alpine-baselayout-data', '/bin/sh', 'so:libc.musl-aarch64.so.1'],
      },
      {
        ecosystem: 'apk',
        name: 'busybox-binsh',
        version: '1.36.1-r29',
        architecture: 'aarch64',
        source: 'busybox 1.36.1-r29',
        requires: ['busybox', 'cmd:sh'],
      },
    ],
    files: Object.assign(Object.create(null), {
      'alpine-baselayout': ['/etc/motd', '/etc/crontabs/root'],
      'busybox-binsh': ['/bin/sh'],
    }),
  })
})

test('keeps paths inside the root and needs a folder for a file', async () => {
  const fact = await readFact(DATABASE, 'P:a\nV:1\nR:lost\nF:..\nR:shadow\nF:\nR:init\nF:a/../b\nR:../c\n')
  expect(fact).toMatchObject({ packages: [{ name: 'a' }], files: { a: ['/init', '/c'] } })
})

test('takes an empty database for a system without packages, and others for none', async () => {
  expect(await readFact(DATABASE, '')).toMatchObject({ packages: [] })
  expect(await readFact(DATABASE, 'nothing of the kind\n')).toBeUndefined()
})
