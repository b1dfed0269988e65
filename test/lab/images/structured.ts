import { buildImage, type Recipe } from './recipe.js'

export const structured: Recipe = {
  name: 'structured',
  about:
    'something of everything that a structure test can ask about: owners, modes, links, licences, metadata',
  build: () =>
    buildImage({
      files: () => [
        {
          path: 'opt/run.sh',
          mode: 0o750,
          uid: 1000,
          gid: 2000,
          content: '#!/bin/sh\necho "run $1"\necho "err $1" >&2\n',
        },
        { path: 'opt/plain.txt', content: 'first line\nsecond line\n' },
        { path: 'opt/group.sh', mode: 0o610, content: '#!/bin/sh\n' },
        { path: 'opt/other.sh', mode: 0o601, content: '#!/bin/sh\n' },
        { path: 'opt/setuid', mode: 0o4755, content: '#!/bin/sh\n' },
        { path: 'opt/shared', directory: true, mode: 0o1777 },
        { path: 'opt/link', link: 'plain.txt' },
        // Structure tests replace variables in arguments: what needs some is a script of the image.
        {
          path: 'opt/list.sh',
          mode: 0o755,
          content: '#!/bin/sh\ncat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "\n',
        },
        { path: 'opt/kill.sh', mode: 0o755, content: '#!/bin/sh\nkill -KILL $$\n' },
        { path: 'opt/latin1.txt', content: Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a]) },
        { path: 'usr/share/doc/good', directory: true },
        { path: 'usr/share/doc/good/copyright', content: 'License: MIT\n' },
        { path: 'usr/share/doc/libgnutls30', directory: true },
        { path: 'usr/share/doc/libgnutls30/copyright', content: 'License: AGPL\n' },
        { path: 'opt/bad/copyright', content: 'license: wtfpl\n' },
        { path: 'opt/entrypoint.sh', mode: 0o755, content: '#!/bin/sh\necho from the entrypoint\n' },
      ],
      config: {
        Entrypoint: ['/opt/entrypoint.sh'],
        Cmd: ['--serve', 'now'],
        Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'APP_HOME=/opt', 'EMPTY=', 'EQUALS=a=b'],
        Labels: { vendor: 'archparity', 'build-date': '2026-11-26' },
        ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
        User: '0:0',
        WorkingDir: '/opt',
      },
    }),
}
