import { buildImage, type Recipe } from './recipe.js'
import { PAGES } from './web.js'

/** Answers every question for an address with 10.1.2.3; what it reads is the length of the question and its id. */
const NAMES = `#!/bin/sh
dd bs=1 count=2 of=/dev/null 2>/dev/null
printf '\\000\\033'
dd bs=1 count=2 2>/dev/null
printf '\\201\\200\\000\\000\\000\\001\\000\\000\\000\\000'
printf '\\000\\000\\001\\000\\001\\000\\000\\000\\074\\000\\004\\012\\001\\002\\003'
`

/** Full paths: what busybox's shell runs as a part of itself has the shell's name under QEMU. */
const START = `#!/bin/sh
/usr/sbin/httpd -p 127.0.0.1:9090 -h /www
/usr/bin/nc -ll -p 5353 -e /srv/names.sh &
sleep 2
echo "$1" >/run/ready
exec /usr/sbin/httpd -f -p 8080 -h /www
`

export const served: Recipe = {
  name: 'served',
  about:
    'something of everything that a goss file can ask about: servers (8080 after two seconds, 9090 for itself alone, 5353 for names), packages, users, files',
  build: () =>
    buildImage({
      files: () => [
        ...PAGES,
        { path: 'www/cgi-bin', directory: true },
        {
          path: 'www/cgi-bin/echo',
          mode: 0o755,
          content:
            '#!/bin/sh\nprintf "X-Lab: one\\r\\nContent-Type: text/plain\\r\\n\\r\\n"\necho "$REQUEST_METHOD $QUERY_STRING"\necho "agent $HTTP_X_ASKED_BY"\n[ -z "$CONTENT_LENGTH" ] || head -c "$CONTENT_LENGTH"\n',
        },
        {
          path: 'www/cgi-bin/away',
          mode: 0o755,
          content: '#!/bin/sh\nprintf "Status: 302 Found\\r\\nLocation: /health.json\\r\\n\\r\\n"\n',
        },
        {
          path: 'www/cgi-bin/outside',
          mode: 0o755,
          content: '#!/bin/sh\nprintf "Status: 302 Found\\r\\nLocation: http://example.org/\\r\\n\\r\\n"\n',
        },
        {
          path: 'www/cgi-bin/round',
          mode: 0o755,
          content: '#!/bin/sh\nprintf "Status: 302 Found\\r\\nLocation: /cgi-bin/round\\r\\n\\r\\n"\n',
        },
        { path: 'srv/names.sh', mode: 0o755, content: NAMES },
        { path: 'srv/start-everything.sh', mode: 0o755, content: START },
        {
          path: 'opt/app.conf',
          mode: 0o640,
          uid: 1000,
          gid: 2000,
          content: 'port = 8080\n# no debug\n!bang\n',
        },
        { path: 'opt/tool', mode: 0o4755, content: '#!/bin/sh\necho "tool 1.4.2"\n' },
        { path: 'opt/stray', mode: 0o600, uid: 4321, gid: 4321, content: '' },
        { path: 'opt/link', link: 'app.conf' },
        { path: 'opt/lost', link: '/nowhere' },
        { path: 'opt/data', directory: true, mode: 0o1777 },
        {
          path: 'etc/group',
          content: 'root:x:0:\napp:x:1000:\nstaff:x:2000:app,nobody\nnogroup:x:65534:\n',
        },
        {
          path: 'var/lib/dpkg/status',
          content:
            'Package: libc6\nStatus: install ok installed\nArchitecture: all\nVersion: 2.36-9+deb12u10\n\nPackage: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1.0\n\n',
        },
        { path: 'lib/apk/db/installed', content: 'P:musl\nV:1.2.5-r0\nA:noarch\n\n' },
      ],
      config: {
        Entrypoint: ['/srv/start-everything.sh'],
        Cmd: ['yes'],
        Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'APP_HOME=/opt'],
        ExposedPorts: { '8080/tcp': {} },
        WorkingDir: '/opt',
      },
    }),
}
