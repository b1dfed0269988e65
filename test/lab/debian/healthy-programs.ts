import { writeArchive } from '../../audit/archives/write-archives.js'
import type { FileEntry } from '../layer.js'
import { AMD64, ARM_V7, ARM64, type LabPlatform, S390X } from '../platforms.js'
import type { DebianProgram } from './programs.js'

/** Images that people really have, and in which nothing is wrong; fetched by who wants the confusion matrix. */
const FOUR = [AMD64, ARM64, ARM_V7, S390X]
const ENV = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8']
const own = (path: string, content: string, mode = 0o644): FileEntry => ({ path, content, mode })

const NUMPY = `import numpy
a = numpy.arange(12, dtype="float64").reshape(3, 4)
print(numpy.__version__, (a @ a.T).tolist(), numpy.linalg.norm(a) > 22)
`
const NGINX = 'server { listen 8080; root /srv/www; }\n'
const POSTGRES = `#!/bin/sh
set -e
/usr/lib/postgresql/15/bin/initdb -D /tmp/data -A trust -U app --no-instructions >/dev/null
exec /usr/lib/postgresql/15/bin/postgres -D /tmp/data -c listen_addresses=* -c unix_socket_directories=/tmp
`
const JAVA: (platform: LabPlatform) => string = ({ debian }) =>
  `../lib/jvm/java-17-openjdk-${debian}/bin/java`

/** As applications bring JNA: its native part in the jar, in a folder of the platform's name. */
async function writeJar(platform: LabPlatform, unpacked: readonly FileEntry[]): Promise<Buffer> {
  const library = unpacked.find(({ path }) => path.endsWith('/libjnidispatch.system.so'))
  if (library?.content === undefined) throw new Error('libjna-jni has no library')
  const folder = `com/sun/jna/linux-${platform.debian}`
  return await writeArchive([
    { path: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0\n' },
    { path: `${folder}/libjnidispatch.so`, content: library.content },
  ])
}

export const HEALTHY_PROGRAMS = {
  'debian-numpy': {
    platforms: FOUR,
    packages: ['python3', 'python3-numpy'],
    files: async () => [own('srv/main.py', NUMPY)],
    config: { Env: ENV, Cmd: ['python3', '/srv/main.py'] },
  },
  'debian-nginx': {
    platforms: FOUR,
    packages: ['nginx-light'],
    files: async () => [
      { path: 'srv/www', directory: true },
      own('srv/www/index.html', 'hello\n'),
      own('etc/nginx/conf.d/site.conf', NGINX),
    ],
    config: { Env: ENV, Cmd: ['nginx', '-g', 'daemon off;'], ExposedPorts: { '8080/tcp': {} } },
  },
  'debian-redis': {
    platforms: FOUR,
    packages: ['redis-server'],
    files: async () => [],
    config: {
      ...{ Env: ENV, User: 'app', WorkingDir: '/tmp', ExposedPorts: { '6379/tcp': {} } },
      Cmd: ['redis-server', '--save', '', '--bind', '0.0.0.0', '--protected-mode', 'no'],
    },
  },
  'debian-postgres': {
    platforms: FOUR,
    packages: ['postgresql-15'],
    files: async () => [own('srv/start.sh', POSTGRES, 0o755)],
    config: { Env: ENV, User: 'app', Entrypoint: ['/srv/start.sh'], ExposedPorts: { '5432/tcp': {} } },
  },
  'debian-java': {
    platforms: FOUR,
    packages: ['openjdk-17-jre-headless', 'libjna-jni'],
    files: async (platform, unpacked) => [
      // As update-alternatives leaves it.
      { path: 'usr/bin/java', link: JAVA(platform) },
      { path: 'srv/app', directory: true },
      { path: 'srv/app/app.jar', content: await writeJar(platform, unpacked) },
    ],
    config: { Env: ENV, Cmd: ['java', '-XX:-UsePerfData', '-version'] },
  },
  'debian-perl': {
    platforms: FOUR,
    packages: ['perl', 'libjson-xs-perl', 'libdbd-sqlite3-perl'],
    files: async () => [],
    config: { Env: ENV, Cmd: ['perl', '-MJSON::XS', '-e', 'print encode_json([1, 2.5, "three"]), "\\n"'] },
  },
  'debian-ruby': {
    platforms: FOUR,
    packages: ['ruby', 'ruby-ffi', 'ruby-bcrypt'],
    files: async () => [],
    config: { Env: ENV, Cmd: ['ruby', '-e', 'require "ffi"; puts FFI::VERSION'] },
  },
  'debian-php': {
    platforms: FOUR,
    packages: ['php8.2-cli', 'php8.2-sqlite3', 'php8.2-mbstring'],
    files: async () => [
      { path: 'usr/bin/php', link: 'php8.2' },
      own('etc/php/8.2/cli/conf.d/10-pdo.ini', 'extension=pdo.so\n'),
      own('etc/php/8.2/cli/conf.d/20-mbstring.ini', 'extension=mbstring.so\n'),
      own('etc/php/8.2/cli/conf.d/20-sqlite3.ini', 'extension=sqlite3.so\n'),
    ],
    config: { Env: ENV, Cmd: ['php', '-r', 'echo json_encode(["a" => mb_strlen("äöü")]), "\\n";'] },
  },
} satisfies Record<string, DebianProgram>
