import { expect, test } from 'vitest'
import type { ImageConfig } from '../../../src/model/image.js'
import { glibcRoot, makeView, muslRoot, type SyntheticFiles, staticProgram } from '../synthetic.js'

const AMD64 = 'linux/amd64'
const TOOL = { mode: 0o755, elf: staticProgram(AMD64) }
const script = (shebang: string) => ({ mode: 0o755, shebang })

const FILES: SyntheticFiles = {
  ...glibcRoot(AMD64),
  'usr/bin/env': TOOL,
  'usr/bin/tini': TOOL,
  'usr/bin/node': TOOL,
  'usr/bin/perl5': TOOL,
  'usr/bin/perl': { link: '/etc/alternatives/perl' },
  'etc/alternatives/perl': { link: '/usr/bin/perl5' },
  'usr/local/bin/node': TOOL,
  'usr/local/bin/not-executable': { ...TOOL, mode: 0o644 },
  'usr/bin/not-executable': TOOL,
  'opt/server': TOOL,
  'opt/job.pl': script('/usr/bin/perl -w'),
  'opt/deep.sh': script('/opt/job.pl'),
  'opt/app.js': script('/usr/bin/env node'),
  'opt/split.js': script('/usr/bin/env -S NODE_OPTIONS=x node --flag'),
  'entry.sh': script('/bin/sh -e'),
  loop: { link: 'loop' },
}

const entries = (config: Partial<ImageConfig>) => {
  const view = makeView({ platform: AMD64, files: FILES, config })
  return [...view.entryPrograms, ...view.entryScripts].map(file => file.path)
}

test.each<[string, Partial<ImageConfig>, string[]]>([
  ['nothing', {}, []],
  ['an absolute path', { entrypoint: ['/opt/server', 'run'] }, ['opt/server']],
  ['a name in PATH, the first one', { command: ['node', 'x.js'] }, ['usr/local/bin/node']],
  ['PATH of the image', { env: ['PATH=/a', 'PATH=/opt'], command: ['server'] }, ['opt/server']],
  [
    'a file that is not executable is passed over',
    { command: ['not-executable'] },
    ['usr/bin/not-executable'],
  ],
  ['a path relative to the working directory', { workingDir: '/opt', command: ['./server'] }, ['opt/server']],
  ['links', { command: ['/bin/perl'] }, ['usr/bin/perl5']],
  ['a link that loops', { command: ['/loop'] }, []],
  ['a script and its interpreter', { command: ['/opt/job.pl'] }, ['usr/bin/perl5', 'opt/job.pl']],
  ['a script of a script', { command: ['/opt/deep.sh'] }, ['usr/bin/perl5', 'opt/deep.sh', 'opt/job.pl']],
  ['env', { command: ['/opt/app.js'] }, ['usr/bin/env', 'usr/local/bin/node', 'opt/app.js']],
  ['env -S', { command: ['/opt/split.js'] }, ['usr/bin/env', 'usr/local/bin/node', 'opt/split.js']],
  [
    'entrypoint script with a command',
    { entrypoint: ['/entry.sh'], command: ['perl'] },
    ['usr/bin/dash', 'usr/bin/perl5', 'entry.sh'],
  ],
  [
    'arguments of a program are no programs',
    { entrypoint: ['/opt/server'], command: ['node'] },
    ['opt/server'],
  ],
  ['a wrapper', { entrypoint: ['tini', '-g', '--', '/opt/server'] }, ['opt/server', 'usr/bin/tini']],
  [
    'a wrapper with a command',
    { entrypoint: ['tini', '--'], command: ['perl'] },
    ['usr/bin/perl5', 'usr/bin/tini'],
  ],
  [
    'shell form',
    { command: ['/bin/sh', '-c', 'cd /x && A=1 exec /opt/server -p "$PORT" | perl'] },
    ['opt/server', 'usr/bin/dash', 'usr/bin/perl5'],
  ],
  ['a health check', { healthcheck: ['CMD', 'node', 'check.js'] }, ['usr/local/bin/node']],
  [
    'a health check in shell form',
    { healthcheck: ['CMD-SHELL', 'perl x || exit 1'] },
    ['usr/bin/dash', 'usr/bin/perl5'],
  ],
  ['a health check that is off', { healthcheck: ['NONE'] }, []],
])('entry programs: %s', (_, config, expected) => {
  expect(entries(config)).toEqual(expected)
})

test('resolves links as the kernel does, inside the root', () => {
  const view = makeView({
    platform: AMD64,
    files: {
      ...FILES,
      'a/up': { link: '../../../opt' },
      'a/self': { link: '.' },
      'a/chain0': { link: 'chain1' },
      ...Object.fromEntries(
        Array.from({ length: 45 }, (_, index) => [
          `c/${index}`,
          { link: index === 44 ? '/opt/server' : `${index + 1}` },
        ]),
      ),
    },
  })
  const path = (name: string, from?: string) => view.resolve(name, from)?.path
  expect(path('/a/up/server')).toBe('opt/server')
  expect(path('/a/self/self/up/server')).toBe('opt/server')
  expect(path('up/server', '/a')).toBe('opt/server')
  expect(path('/../../opt/./server')).toBe('opt/server')
  expect(path('/a/chain0')).toBeUndefined()
  expect(path('/loop/x')).toBeUndefined()
  expect(path('/c/10')).toBe('opt/server')
  expect(path('/c/0')).toBeUndefined()
  expect(path('/opt/missing')).toBeUndefined()
})

test.each([
  ['linux/amd64', 'usr/lib/x86_64-linux-gnu/libz.so.1', 'usr/lib/‹triplet›/libz.so.1'],
  ['linux/arm64', 'lib/aarch64-linux-gnu/libz.so.1', 'usr/lib/‹triplet›/libz.so.1'],
  ['linux/arm/v7', 'usr/lib/arm-linux-gnueabihf/libz.so.1', 'usr/lib/‹triplet›/libz.so.1'],
  ['linux/386', 'usr/lib/i386-linux-gnu/libz.so.1', 'usr/lib/‹triplet›/libz.so.1'],
  ['linux/ppc64le', 'usr/lib/powerpc64le-linux-gnu/libz.so.1', 'usr/lib/‹triplet›/libz.so.1'],
  ['linux/mips64le', 'usr/lib/mips64el-linux-gnuabi64/libz.so.1', 'usr/lib/‹triplet›/libz.so.1'],
  ['linux/amd64', 'lib64/ld-linux-x86-64.so.2', 'usr/lib/‹loader›'],
  ['linux/s390x', 'usr/lib/ld64.so.1', 'usr/lib/‹loader›'],
  ['linux/arm64', 'lib/ld-musl-aarch64.so.1', 'usr/lib/‹loader›'],
  ['linux/amd64', 'usr/lib64/libz.so.1', 'usr/lib/libz.so.1'],
  ['linux/amd64', 'lib64', 'lib64'],
  ['linux/amd64', 'bin/true', 'usr/bin/true'],
  ['linux/amd64', 'opt/bin/true', 'opt/bin/true'],
  ['linux/amd64', 'app/node_modules/@esbuild/linux-x64/x', 'app/node_modules/@esbuild/linux-‹arch›/x'],
  ['linux/arm64', 'app/node_modules/@esbuild/linux-arm64/x', 'app/node_modules/@esbuild/linux-‹arch›/x'],
  ['linux/arm64', 'usr/lib/x86_64-linux-gnu/libz.so.1', 'usr/lib/x86_64-linux-gnu/libz.so.1'],
  ['linux/arm/v7', 'opt/linux/arm/v7', 'opt/linux/‹arch›'],
  ['linux/arm/v7', 'bin/linux/arm/v7/tool', 'usr/bin/linux/‹arch›/tool'],
  ['linux/amd64', 'lib/x.cpython-311-x86_64-linux-gnu.so', 'usr/lib/x.cpython-311-‹triplet›.so'],
])('%s: %s is %s', (platform, path, expected) => {
  expect(makeView({ platform, files: {} }).neutralizePath(path)).toBe(expected)
})

test('knows the folders of its own loader, configured or not', () => {
  expect(makeView({ platform: AMD64, files: FILES }).loaderDirectories).toContain('/usr/local/lib')
  const musl = makeView({ platform: AMD64, files: muslRoot(AMD64) })
  expect(musl.loaderDirectories).toEqual(['/lib', '/usr/local/lib', '/usr/lib'])
})

test('has nothing to tell of an empty root, and tells it once', () => {
  const view = makeView({ platform: AMD64, files: {} })
  expect([view.elfFiles, view.entryPrograms, view.entryScripts]).toEqual([[], [], []])
  expect(view.elfFiles).toBe(view.elfFiles)
})
