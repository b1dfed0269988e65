import { expect, test } from 'vitest'
import { AUDIT_RULES } from '../../../src/audit/rules/index.js'
import type { RuleHit, RuleInput } from '../../../src/audit/rules/rule.js'
import type { Digest } from '../../../src/model/digest.js'
import { createRandom } from '../../compare/random.js'
import {
  dpkg,
  makeInput,
  NODE_CPUS,
  node,
  SIX,
  type SyntheticPlatform,
  TRIPLETS,
} from '../compare/synthetic-image.js'

const IDS = [
  'platform-missing',
  'config-differs',
  'package-missing',
  'package-version',
  'module-missing',
  'file-missing',
  'mode-differs',
  'content-differs',
  'size-differs',
  'layers-differ',
  'attestation-missing',
]
const RULES = AUDIT_RULES.filter(rule => IDS.includes(rule.id))
const [AMD64, ARM64, ARM, I386, PPC64LE, S390X] = SIX as [string, string, string, string, string, string]
const PYTHON = 'usr/local/lib/python3.11/site-packages'

type Change = (platforms: Record<string, SyntheticPlatform>) => void

/** `rule severity platforms: title`, for every hit. */
function audit(input: RuleInput): string[] {
  return RULES.flatMap(rule =>
    rule
      .check(input)
      .map(hit => `${rule.id} ${hit.severity ?? rule.severity} ${hit.platforms.join()}: ${hit.title}`),
  )
}

function check(id: string, input: RuleInput): readonly RuleHit[] {
  return RULES.find(rule => rule.id === id)?.check(input) ?? []
}

/** Applies a change to one platform. */
const on =
  (label: string, change: (platform: SyntheticPlatform) => void): Change =>
  platforms => {
    const platform = platforms[label]
    if (platform !== undefined) change(platform)
  }

const both =
  (...changes: Change[]): Change =>
  platforms => {
    for (const change of changes) change(platforms)
  }

const drop = (label: string, ...paths: string[]) =>
  on(label, platform => {
    for (const path of Object.keys(platform.files)) {
      if (paths.some(one => path === one || path.startsWith(`${one}/`))) delete platform.files[path]
    }
  })

const put = (label: string, path: string, file: SyntheticPlatform['files'][string]) =>
  on(label, platform => {
    platform.files[path] = { ...platform.files[path], ...file }
  })

const everywhere =
  (change: (platform: SyntheticPlatform, label: string) => void): Change =>
  platforms => {
    for (const [label, platform] of Object.entries(platforms)) change(platform, label)
  }

test('every rule about platforms is known, and says what it is about', () => {
  expect(RULES.map(rule => rule.id).sort()).toEqual([...IDS].sort())
  for (const rule of RULES) expect([rule.scope, rule.why.endsWith('.')]).toEqual(['image', true])
})

test('healthy platforms have no finding, in any order and number', () => {
  expect(audit(makeInput())).toEqual([])
  const random = createRandom(1)
  for (let round = 0; round < 20; round += 1) {
    const labels = random.shuffle(SIX).slice(0, 1 + random.integer(6))
    expect(audit(makeInput(() => {}, labels))).toEqual([])
  }
})

const FAULTS: readonly [string, Change, readonly string[]][] = [
  [
    'a program is missing',
    drop(ARM64, 'opt/app/run.sh'),
    ['file-missing warning linux/arm64: linux/arm64 lacks /opt/app/run.sh'],
  ],
  [
    'a folder is missing with all that it holds',
    drop(S390X, 'opt/app'),
    ['file-missing warning linux/s390x: linux/s390x lacks /opt/app with 3 files'],
  ],
  [
    'an empty folder is missing',
    both(
      everywhere(platform => {
        platform.files['data/store'] = { directory: true }
      }),
      drop(ARM, 'data/store'),
    ),
    ['file-missing warning linux/arm/v7: linux/arm/v7 lacks /data/store with 0 files'],
  ],
  [
    'a file is on one platform only',
    put(ARM64, 'opt/app/extra.txt', { text: 'x' }),
    ['file-missing warning linux/arm64: Only linux/arm64 has /opt/app/extra.txt'],
  ],
  [
    'half of the platforms lack a file',
    both(drop(ARM, 'opt/app/model.bin'), drop(I386, 'opt/app/model.bin'), drop(S390X, 'opt/app/model.bin')),
    [
      `file-missing warning ${SIX.join()}: linux/arm/v7, linux/386 and linux/s390x lack /opt/app/model.bin, which linux/amd64, linux/arm64 and linux/ppc64le have`,
    ],
  ],
  [
    'the time zone database is missing',
    drop(ARM, 'usr/share/zoneinfo'),
    ['file-missing warning linux/arm/v7: linux/arm/v7 lacks the time zone database'],
  ],
  [
    'the CA bundle is missing',
    drop(ARM64, 'etc/ssl/certs/ca-certificates.crt'),
    ['file-missing warning linux/arm64: linux/arm64 lacks the bundle of CA certificates'],
  ],
  [
    'a file of a package was removed on one platform',
    drop(ARM64, 'usr/share/data/table'),
    ['file-missing warning linux/arm64: linux/arm64 lacks /usr/share/data/table'],
  ],
  [
    'a package is missing',
    both(
      on(ARM64, platform => {
        platform.packages = platform.packages.filter(one => one.name !== 'data')
      }),
      drop(ARM64, 'usr/share/data/table', 'etc/data.conf'),
    ),
    ['package-missing warning linux/arm64: linux/arm64 lacks the dpkg package data'],
  ],
  [
    'tzdata is missing',
    everywhere((platform, label) => {
      if (label !== ARM64) platform.packages.push(dpkg('tzdata', '2025b-0', 'all'))
    }),
    ['package-missing warning linux/arm64: linux/arm64 lacks the time zone database (package tzdata)'],
  ],
  [
    'a package that all need in the same version is missing on one',
    everywhere((platform, label) => {
      platform.packages.push({ ...dpkg('user', '1', label), requires: ['needed'] })
      if (label !== I386) platform.packages.push(dpkg('needed', '1', label))
    }),
    ['package-missing warning linux/386: linux/386 lacks the dpkg package needed'],
  ],
  [
    'a Node package is missing',
    drop(PPC64LE, 'srv/node_modules/bufferutil'),
    ['package-missing warning linux/ppc64le: linux/ppc64le lacks the node package bufferutil'],
  ],
  [
    'packages are older on one platform',
    on(ARM, platform => {
      platform.packages = platform.packages.map(one =>
        one.name === 'tool' || one.name === 'data'
          ? { ...one, version: one.version.replace('-1', '-2') }
          : one,
      )
    }),
    [
      'package-version warning linux/arm/v7: linux/arm/v7 has another packaging revision of 2 packages than the other platforms',
    ],
  ],
  [
    'a package is of another upstream version',
    on(ARM64, platform => {
      platform.packages = platform.packages.map(one =>
        one.name === 'data' ? { ...one, version: '2-1' } : one,
      )
    }),
    ['package-version warning linux/arm64: linux/arm64 has another version of data than the other platforms'],
  ],
  [
    'an epoch is no rebuild',
    on(ARM64, platform => {
      platform.packages = platform.packages.map(one =>
        one.name === 'data' ? { ...one, version: '1:3-1' } : one,
      )
    }),
    ['package-version warning linux/arm64: linux/arm64 has another version of data than the other platforms'],
  ],
  [
    'a module was not built, and a fallback takes its place',
    everywhere((platform, label) => {
      for (const path of Object.keys(platform.files))
        if (path.includes('/prebuilds/')) delete platform.files[path]
      if (label !== S390X)
        platform.files['srv/node_modules/bufferutil/build/Release/bufferutil.node'] = {
          elf: label.split('/')[1] ?? '',
        }
    }),
    [
      'module-missing error linux/s390x: linux/s390x lacks the native module /srv/node_modules/bufferutil/build/Release/bufferutil.node of bufferutil, and nothing fails for it',
    ],
  ],
  [
    'one of two modules is missing, and a fallback takes its place',
    everywhere((platform, label) => {
      const build = 'srv/node_modules/bufferutil/build/Release'
      const elf = label.split('/')[1] ?? ''
      platform.files[`${build}/one.node`] = { elf }
      if (label !== S390X) platform.files[`${build}/two.node`] = { elf }
    }),
    [
      'module-missing error linux/s390x: linux/s390x lacks the native module /srv/node_modules/bufferutil/build/Release/two.node of bufferutil, and nothing fails for it',
    ],
  ],
  [
    "a Python package that the distribution has too is missing where pip put it, and the distribution's",
    everywhere((platform, label) => {
      const fact = {
        kind: 'packages' as const,
        packages: [{ ecosystem: 'python' as const, name: 'gast', version: '0.5.2' }],
      }
      const ofDistribution = 'usr/lib/python3/dist-packages/gast-0.5.2.egg-info'
      const ofPip = `${PYTHON}/gast-0.5.2.dist-info`
      const files = [`/${ofPip}/METADATA`, `/${ofPip}/RECORD`]
      if (label === ARM) return
      platform.packages.push({ ...dpkg('python3-gast', '1', 'all'), files: [`/${ofDistribution}`] })
      platform.files[ofDistribution] = { text: 'x', fact }
      platform.files[`${ofPip}/METADATA`] = { text: 'x', fact }
      platform.files[`${ofPip}/RECORD`] = {
        text: 'x',
        fact: { kind: 'file-list', ecosystem: 'python', package: 'gast-0.5.2', files },
      }
    }),
    ['package-missing warning linux/arm/v7: linux/arm/v7 lacks 2 packages (python3-gast, gast)'],
  ],
  [
    'a wheel was built without its speedups',
    drop(ARM, `${PYTHON}/yaml/_yaml.cpython-311-arm-linux-gnueabihf.so`),
    [
      `module-missing error linux/arm/v7: linux/arm/v7 lacks the native module /${PYTHON}/yaml/_yaml.cpython-311-x86_64-linux-gnu.so of pyyaml, and nothing fails for it`,
    ],
  ],
  [
    'one of two modules of a package is missing',
    both(
      everywhere((platform, label) => {
        platform.files[`${PYTHON}/yaml/two.cpython-311-${TRIPLETS[label]}.so`] = {
          elf: label.split('/')[1] ?? '',
        }
      }),
      drop(ARM64, `${PYTHON}/yaml/two.cpython-311-aarch64-linux-gnu.so`),
    ),
    [
      `module-missing warning linux/arm64: linux/arm64 lacks the native module /${PYTHON}/yaml/two.cpython-311-x86_64-linux-gnu.so of yaml`,
    ],
  ],
  [
    'another entrypoint',
    on(ARM64, platform => {
      platform.config.entrypoint = ['/usr/bin/other']
    }),
    ['config-differs error linux/arm64: linux/arm64 has another entrypoint than the other platforms'],
  ],
  [
    'another user and a variable',
    on(S390X, platform => {
      platform.config.user = 'app'
      platform.config.env = [...(platform.config.env ?? []), 'DEBUG=1']
    }),
    [
      'config-differs error linux/s390x: linux/s390x has another user than the other platforms',
      'config-differs warning linux/s390x: linux/s390x has another environment variable DEBUG than the other platforms',
    ],
  ],
  [
    'a setuid bit is lost',
    put(ARM64, 'usr/local/bin/priv', { mode: 0o755 }),
    [
      'mode-differs error linux/arm64: /usr/local/bin/priv has another setuid or setgid bit on linux/arm64 than on the other platforms',
    ],
  ],
  [
    'a capability is lost',
    both(
      everywhere(platform => {
        platform.files['usr/local/bin/priv'] = { ...platform.files['usr/local/bin/priv'], capability: '0100' }
      }),
      put(ARM, 'usr/local/bin/priv', { capability: undefined }),
    ),
    [
      'mode-differs error linux/arm/v7: /usr/local/bin/priv has other file capabilities on linux/arm/v7 than on the other platforms',
    ],
  ],
  [
    'a script cannot be started',
    put(ARM64, 'opt/app/run.sh', { mode: 0o644 }),
    [
      'mode-differs warning linux/arm64: /opt/app/run.sh has another mode on linux/arm64 than on the other platforms',
    ],
  ],
  [
    'another owner',
    put(PPC64LE, 'opt/app/run.sh', { uid: 999 }),
    [
      'mode-differs warning linux/ppc64le: /opt/app/run.sh has another owner on linux/ppc64le than on the other platforms',
    ],
  ],
  [
    'a script differs',
    put(ARM64, 'opt/app/run.sh', { text: '#!/bin/sh\nexit 1\n' }),
    [
      'content-differs warning linux/arm64: /opt/app/run.sh is not the same on linux/arm64 as on the other platforms',
    ],
  ],
  [
    'settings of a package were changed',
    put(ARM64, 'etc/libc.conf', { text: 'changed\n' }),
    [
      'content-differs warning linux/arm64: /etc/libc.conf is not the same on linux/arm64 as on the other platforms',
    ],
  ],
  [
    'data of a package for all architectures was changed',
    put(ARM64, 'usr/share/data/table', { text: 'one two four\n' }),
    [
      'content-differs warning linux/arm64: /usr/share/data/table is not the same on linux/arm64 as on the other platforms',
    ],
  ],
  [
    'a script stands where others have a program',
    put(S390X, 'usr/local/bin/priv', { elf: undefined, text: '#!/bin/sh\n' }),
    [
      'content-differs warning linux/s390x: /usr/local/bin/priv is not the same on linux/s390x as on the other platforms',
    ],
  ],
  [
    'a link stands where others have a file',
    everywhere((platform, label) => {
      platform.files['opt/app/notes'] = label === ARM64 ? { link: '/opt/app/run.sh' } : { text: 'x' }
    }),
    [
      'content-differs warning linux/arm64: /opt/app/notes is not the same on linux/arm64 as on the other platforms',
    ],
  ],
  [
    'a link leads elsewhere',
    everywhere((platform, label) => {
      platform.files['opt/current'] = { link: label === ARM64 ? '/opt/old' : '/opt/app' }
    }),
    [
      'content-differs warning linux/arm64: /opt/current is not the same on linux/arm64 as on the other platforms',
    ],
  ],
  [
    'an archive differs, which may be its date',
    everywhere((platform, label) => {
      platform.files['opt/app/app.jar'] = { data: label === ARM64 ? 'PK 1' : 'PK 2' }
    }),
    [
      'content-differs note linux/arm64: /opt/app/app.jar is not the same on linux/arm64 as on the other platforms',
    ],
  ],
  [
    'data is of another byte order',
    everywhere((platform, label) => {
      platform.files['opt/app/table.bin'] = { data: label === S390X ? 'be' : 'le' }
    }),
    [
      'content-differs note linux/s390x: /opt/app/table.bin is not the same on linux/s390x as on the other platforms',
    ],
  ],
  [
    'a platform holds a fraction of the data',
    everywhere((platform, label) => {
      platform.files['opt/app/model.bin'] = { data: 'w', size: label === ARM64 ? 765_000_000 : 4_454_000_000 }
    }),
    ['size-differs warning linux/arm64: linux/arm64 holds far less data than the other platforms'],
  ],
  [
    'another build command',
    on(ARM, platform => {
      platform.config.history = [
        ...(platform.config.history ?? []),
        { createdBy: 'RUN rm -rf /opt/app/plugins', emptyLayer: false },
      ]
    }),
    ['layers-differ warning linux/arm/v7: linux/arm/v7 was built by other commands than the other platforms'],
  ],
  [
    'another number of layers',
    on(ARM, platform => {
      platform.layers = 1
    }),
    ['layers-differ note linux/arm/v7: linux/arm/v7 has another number of layers than the other platforms'],
  ],
  [
    'the same build command twice',
    on(ARM, platform => {
      const history = platform.config.history ?? []
      platform.config.history = [...history, ...history.slice(-1)]
    }),
    [
      'layers-differ note linux/arm/v7: linux/arm/v7 was built by the same commands in another order or number',
    ],
  ],
  [
    'no provenance',
    on(ARM64, platform => {
      platform.attestations = []
    }),
    [
      'attestation-missing warning linux/arm64: linux/arm64 has no provenance, which linux/amd64, linux/arm/v7, linux/386, linux/ppc64le and linux/s390x have',
    ],
  ],
]

test.each(FAULTS)('%s: exactly that is found', (_, change, expected) => {
  expect(audit(makeInput(change))).toEqual(expected)
})

const LEGITIMATE: readonly [string, Change][] = [
  [
    "a file under two of one platform's own names",
    everywhere((platform, label) => {
      const names = label === AMD64 ? ['x86_64', 'amd64'] : [TRIPLETS[label]?.split('-')[0] ?? '']
      for (const name of names) platform.files[`opt/conf/${name}/settings`] = { text: name }
    }),
  ],
  [
    'a module for another machine, which foreign-elf tells,',
    everywhere((platform, label) => {
      platform.files['opt/app/fast.abi3.so'] = {
        elf: label === ARM64 ? 'amd64' : (label.split('/')[1] ?? ''),
      }
    }),
  ],
  [
    'an attestation that could not be read',
    on(ARM64, platform => {
      platform.attestations = [{ digest: `sha256:${'2'.repeat(64)}`, predicateTypes: [] }]
    }),
  ],
  [
    'a prebuilt module for others alone, which native-module tells,',
    everywhere(platform => {
      delete platform.files['srv/node_modules/bufferutil/prebuilds/linux-s390x/node.napi.node']
    }),
  ],
  [
    'a missing build of a Node package, which native-module tells,',
    both(
      everywhere(platform => {
        const optionalDependencies = Object.values(NODE_CPUS).map(cpu => `@esbuild/linux-${cpu}`)
        platform.files['srv/node_modules/esbuild/package.json'] = node('esbuild', '0.25.0', {
          optionalDependencies,
        })
      }),
      drop(PPC64LE, 'srv/node_modules/@esbuild'),
    ),
  ],
  [
    "a distribution's Python package, for which its own package stands,",
    everywhere((platform, label) => {
      const path = 'usr/lib/python3/dist-packages/gast-0.5.2.egg-info'
      platform.packages.push({
        ...dpkg('scipy', '1', label),
        requires: label === ARM ? [] : ['python3-gast'],
      })
      if (label === ARM) return
      platform.packages.push({ ...dpkg('python3-gast', '1', 'all'), files: [`/${path}`] })
      platform.files[path] = {
        text: 'x',
        fact: { kind: 'packages', packages: [{ ecosystem: 'python', name: 'gast', version: '0.5.2' }] },
      }
    }),
  ],
  [
    'a Python package that another asks for on some machines only',
    everywhere((platform, label) => {
      const found = (name: string, more = {}) => ({
        text: 'x',
        fact: {
          kind: 'packages' as const,
          packages: [{ ecosystem: 'python' as const, name, version: '1', ...more }],
        },
      })
      platform.files[`${PYTHON}/sqlalchemy-1.dist-info/METADATA`] = found('sqlalchemy', {
        requiresSomewhere: ['greenlet'],
      })
      if (label === ARM) return
      const folder = `${PYTHON}/greenlet-1.dist-info`
      const files = [`/${folder}/METADATA`, `/${folder}/RECORD`]
      platform.files[`${folder}/METADATA`] = found('greenlet')
      platform.files[`${folder}/RECORD`] = {
        text: 'x',
        fact: { kind: 'file-list', ecosystem: 'python', package: 'greenlet-1', files },
      }
    }),
  ],
  [
    'prebuilt modules for other systems',
    everywhere((platform, label) => {
      const architecture = label.split('/')[1] ?? ''
      const folder = 'srv/node_modules/bufferutil/prebuilds'
      if (label !== AMD64)
        platform.files[`${folder}/android-${NODE_CPUS[label]}/node.node`] = { elf: architecture }
    }),
  ],
  [
    'a link named after another architecture that its package has there too',
    everywhere((platform, label) => {
      const names = label === AMD64 ? ['i386', 'x86_64'] : label === I386 ? ['i386'] : []
      platform.packages.push({ ...dpkg('util', '1', label), files: names.map(name => `/usr/bin/${name}`) })
      for (const name of names) platform.files[`usr/bin/${name}`] = { link: 'setarch' }
    }),
  ],
  [
    'a library that programs need and do not find, which missing-library tells,',
    both(
      everywhere((platform, label) => {
        const elf = label.split('/')[1] ?? ''
        platform.files['usr/lib/libmaker.so.1'] = { link: 'libmaker.so.1.0' }
        platform.files['usr/lib/libmaker.so.1.0'] = { elf, soname: 'libmaker.so.1' }
        platform.files['usr/bin/maker'] = { elf, program: true, mode: 0o755, needed: ['libmaker.so.1'] }
      }),
      drop(S390X, 'usr/lib/libmaker.so.1', 'usr/lib/libmaker.so.1.0'),
    ),
  ],
  [
    'a rebuild of a package',
    on(ARM64, platform => {
      platform.packages = platform.packages.map(one =>
        one.name === 'libc6' ? { ...one, version: '2.36-9+b1' } : one,
      )
    }),
  ],
  [
    'what only a package for one architecture needs',
    on(ARM, platform => {
      platform.packages = platform.packages.map(one =>
        one.name === 'libatomic1' ? { ...one, requires: ['libdeep1'] } : one,
      )
      platform.packages.push(dpkg('libdeep1', '1', 'armhf'))
    }),
  ],
  [
    'a package that is named after the architecture',
    everywhere((platform, label) => {
      const name = `binutils-${(TRIPLETS[label] ?? '').replace('_', '-')}`
      platform.packages.push(dpkg(name, '2.40-2', label))
    }),
  ],
  [
    'an npm package for a C library that is not here',
    put(
      AMD64,
      'srv/node_modules/@img/sharp-linuxmusl-x64/package.json',
      node('@img/sharp-linuxmusl-x64', '1.0.0', { libc: ['musl'] }),
    ),
  ],
  [
    'a variable that holds a checksum',
    on(ARM64, platform => {
      platform.config.env = [...(platform.config.env ?? []), 'NODE_SHA256=0123']
    }),
  ],
  [
    'users with other numbers',
    everywhere((platform, label) => {
      const id = label === ARM64 ? 998 : 999
      platform.files['etc/passwd'] = {
        text: 'same',
        fact: { kind: 'text', text: `root:x:0:0\napp:x:${id}:${id}\n` },
      }
      platform.files['opt/app/run.sh'] = { text: '#!/bin/sh\n', mode: 0o755, uid: id }
    }),
  ],
  ['a log', put(ARM64, 'var/log/other.log', { text: 'x' })],
  [
    'a build folder of a Node package',
    put(ARM64, 'srv/node_modules/bufferutil/build/Release/Makefile', { text: 'x' }),
  ],
  [
    'links of alternatives to what only one package brings',
    on(AMD64, platform => {
      platform.files['etc/alternatives/only'] = { link: `/usr/lib/${TRIPLETS[AMD64]}/tool/only` }
    }),
  ],
  [
    'dense and less dense machine code',
    everywhere((platform, label) => {
      platform.files['usr/bin/tool'] = {
        elf: label.split('/')[1] ?? '',
        program: true,
        mode: 0o755,
        size: label === ARM ? 60_000_000 : 100_000_000,
      }
    }),
  ],
  [
    'a small image with small differences',
    everywhere((platform, label) => {
      platform.files['opt/app/model.bin'] = { data: 'w', size: label === ARM ? 1_000 : 1_000_000 }
    }),
  ],
]

test.each(LEGITIMATE)('%s is no finding', (_, change) => {
  expect(audit(makeInput(change))).toEqual([])
})

test('two platforms have no majority: both are named', () => {
  const input = makeInput(drop(ARM64, 'opt/app/run.sh'), [AMD64, ARM64])
  expect(audit(input)).toEqual([
    'file-missing warning linux/amd64,linux/arm64: linux/arm64 lacks /opt/app/run.sh, which linux/amd64 has',
  ])
})

test('nothing is concluded from what a platform lacks that could not be read, and it is said once', () => {
  const change = both(
    drop(ARM64, 'opt/app', 'usr/share/zoneinfo', 'usr/share/data'),
    on(ARM64, platform => {
      platform.packages = []
      platform.complete = false
    }),
  )
  expect(audit(makeInput(change))).toEqual([
    'file-missing note linux/arm64: Nothing is concluded from what is missing on linux/arm64',
  ])
})

test('a folder is told as a whole beside a platform that could not be read', () => {
  const change = both(
    drop(S390X, 'opt/app'),
    drop(ARM64, 'opt/app/run.sh'),
    on(ARM64, platform => {
      platform.complete = false
    }),
  )
  expect(audit(makeInput(change))).toContain(
    'file-missing warning linux/s390x: linux/s390x lacks /opt/app with 3 files',
  )
})

test('another operating system is not compared with Linux', () => {
  const input = makeInput()
  const [first, ...others] = input.views
  if (first === undefined) throw new Error('there are six')
  const windows = { ...first, label: 'windows/amd64', platform: { os: 'windows', architecture: 'amd64' } }
  const bare = { ...windows, inventory: { ...first.inventory, tree: new Map(), packages: [] } }
  expect(audit({ ...input, views: [first, ...others, bare] })).toEqual([])
})

test('one finding lists all packages that part the platforms the same way, with their sources', () => {
  const input = makeInput(
    everywhere((platform, label) => {
      for (let index = 0; index < 543; index += 1) {
        const version = label === ARM ? '1.0-2' : '1.0-3'
        platform.packages.push({
          ...dpkg(`lib${index}`, version, label),
          source: `source${index % 7} ${version}`,
        })
      }
    }),
  )
  const hits = check('package-version', input)
  expect(hits).toHaveLength(1)
  expect(hits[0]?.evidence).toHaveLength(544)
  expect(hits[0]?.evidence[0]?.text).toBe(
    '543 packages of 7 source packages: source0, source1, source2, source3, source4, source5, source6',
  )
  expect(hits[0]?.evidence[1]).toMatchObject({
    text: 'dpkg package lib0: 1.0-3 on linux/amd64, linux/arm64, linux/386, linux/ppc64le and linux/s390x; 1.0-2 on linux/arm/v7',
    data: { revisionOnly: true, majority: '1.0-3', source: 'source0' },
  })
})

test('what is required and not in the index is missing', () => {
  const input = makeInput(() => {}, [AMD64, ARM64])
  const missing = (required: string[], notes: NonNullable<RuleInput['image']>['notes'] = []) => {
    const image = {
      platforms: input.views.map(view => view.inventory.image),
      notes,
    } as unknown as NonNullable<RuleInput['image']>
    return check('platform-missing', { ...input, image, requiredPlatforms: required }).flatMap(
      hit => hit.platforms,
    )
  }
  expect(missing(['linux/amd64', 'aarch64'])).toEqual([])
  expect(missing(['linux/amd64', 'armhf', 'linux/s390x', 's390x', 'nonsense/x/y/z'])).toEqual([
    'linux/arm/v7',
    'linux/s390x',
  ])
  const digest: Digest = `sha256:${'0'.repeat(64)}`
  const note = { code: 'unreadable-platform', message: '', platform: 'linux/s390x', digest } as const
  expect(missing(['s390x'], [note])).toEqual([])
  expect(check('platform-missing', { ...input, requiredPlatforms: ['s390x'] })).toHaveLength(1)
})

test('the order of platforms changes nothing but the order in which they are named', () => {
  const random = createRandom(7)
  const describe = (labels: readonly string[], change: Change) =>
    RULES.flatMap(rule =>
      rule
        .check(makeInput(change, labels))
        .map(hit => `${rule.id} ${[...hit.platforms].sort()} ${hit.subject}`),
    ).sort()
  for (const [, change] of FAULTS) {
    const labels = random.shuffle(SIX)
    expect(describe(labels, change)).toEqual(describe(SIX, change))
  }
})

test('removing any one file from one platform gives one finding, or none where it may be missing', () => {
  const random = createRandom(11)
  let found = 0
  for (let round = 0; round < 60; round += 1) {
    const label = random.pick(SIX)
    const [path = ''] = random.pick(
      Object.entries(makeHealthyFiles(label)).filter(([, one]) => !one.directory && one.fact === undefined),
    )
    const result = audit(makeInput(drop(label, path)))
    const mayBeMissing =
      /^(?:var\/log|root\/\.cache|lib64$|.*libatomic|usr\/lib\/.*\/tool\/)|__pycache__|machine-id$/.test(
        path,
      ) || path.includes('prebuilds/')
    if (path === 'etc/machine-id' || mayBeMissing) {
      expect([path, result.length]).toEqual([path, path === 'etc/machine-id' ? 1 : 0])
    } else {
      expect([path, result]).toEqual([
        path,
        [expect.stringMatching(/^(?:file|module)-missing (?:warning|error) /)],
      ])
      expect(result[0]).toContain(` ${label}: `)
      found += 1
    }
  }
  expect(found).toBeGreaterThan(20)
})

function makeHealthyFiles(label: string): SyntheticPlatform['files'] {
  let files: SyntheticPlatform['files'] = {}
  makeInput(
    on(label, platform => {
      files = platform.files
    }),
  )
  return files
}
