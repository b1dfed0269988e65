import { S390X } from '../platforms.js'
import { buildImage, type Recipe } from './recipe.js'

/** Ready after a second, with one page that comes two seconds later still; its log and its health say the same. */
const SERVE = `#!/bin/sh
echo "service 1.0 starting $*"
[ "$1" = fail ] && { echo "no such mode" >&2; exit 3; }
sleep 1
echo "ready on port 8080" >&2
touch /tmp/up
(sleep 2; echo late > /www/late.txt) &
exec httpd -f -p 8080 -h /www
`

export const service: Recipe = {
  name: 'service',
  about:
    'an HTTP server that is ready after a second, with a log, a health check and JSON that differs on linux/s390x',
  build: () =>
    buildImage({
      files: platform => [
        { path: 'opt/serve.sh', mode: 0o755, content: SERVE },
        { path: 'www', directory: true, mode: 0o777 },
        { path: 'www/index.html', content: 'a page\n' },
        {
          path: 'www/info.json',
          content: `{"version":"1.0","items":[{"name":"one","bits":${platform === S390X ? 31 : 64}}],"none":null}\n`,
        },
        { path: 'etc/bits', content: platform === S390X ? '31\n' : '64\n' },
      ],
      config: {
        Entrypoint: ['/opt/serve.sh'],
        Cmd: ['web'],
        ExposedPorts: { '8080/tcp': {} },
        Healthcheck: {
          Test: ['CMD-SHELL', 'test -e /tmp/up'],
          Interval: 1_000_000_000,
          Timeout: 5_000_000_000,
        },
      },
    }),
}
