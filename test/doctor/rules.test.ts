import { describe, expect, test } from 'vitest'
import type { Advice } from '../../src/doctor/advice.js'
import { adviseOnFailure, adviseOnHost } from '../../src/doctor/advise.js'
import type { JudgedPlatform } from '../../src/doctor/known-host.js'
import { RULES } from '../../src/doctor/rules/index.js'
import { ArchparityError } from '../../src/errors.js'
import { type Changes, fails, makeHandler, makeKnown, runs } from './known.js'

const GIB = 1024 ** 3
const ARM64 = makeHandler('qemu-aarch64', 'arm64')
const ARM = makeHandler('qemu-arm', 'arm')
const S390X = makeHandler('qemu-s390x', 's390x')
const APT = 'sudo apt-get install -y qemu-user-static binfmt-support'
const IMAGE = 'docker run --privileged --rm tonistiigi/binfmt'
const FEDORA = { operatingSystem: 'Fedora Linux 41' }

/** One handler and the platform that it runs. */
const one = (handler: typeof ARM64, platform: string) => ({
  facts: { handlers: [handler] },
  platforms: [runs(platform, handler)],
})

const withPages = ({ platform, capability }: JudgedPlatform): JudgedPlatform => ({
  platform,
  capability: { ...capability, pageSize: 65_536 } as JudgedPlatform['capability'],
})

/** What each rule says, and of what; a host of which it says nothing beside it. */
const CASES: Record<string, { says: [string, Changes, Partial<Advice>[]][]; silent: [string, Changes][] }> = {
  'clock-skew': {
    says: [
      [
        'five minutes behind',
        { at: 'ssh', facts: { clockSkewMs: -300_000 } },
        [
          {
            severity: 'fix',
            title: "Its clock is 5 minutes behind this machine's",
            command: "ssh -t -p 2222 me@pi 'sudo timedatectl set-ntp true'",
          },
        ],
      ],
      [
        'two days ahead, without a shell',
        { at: 'tcp', facts: { clockSkewMs: 2 * 86_400_000 } },
        [
          {
            title: "Its clock is 2 days ahead of this machine's",
            command: 'sudo timedatectl set-ntp true',
            where: 'on the machine of tcp://192.0.2.7:2376',
          },
        ],
      ],
    ],
    silent: [
      ['a minute', { facts: { clockSkewMs: 60_000 } }],
      ['unknown', { facts: {} }],
    ],
  },
  'free-disk': {
    says: [
      [
        'nearly full',
        { facts: { freeDisk: 2 * GIB - 1 } },
        [{ severity: 'fix', command: 'docker system prune' }],
      ],
      [
        'little, on another socket',
        { at: 'socket', facts: { freeDisk: 10 * GIB - 1 } },
        [{ severity: 'note', command: 'docker --host unix:///run/other.sock system prune' }],
      ],
      ['just enough to go on', { facts: { freeDisk: 2 * GIB } }, [{ severity: 'note' }]],
      [
        'little, of Podman',
        { at: 'socket', facts: { freeDisk: 3 * GIB }, engine: { name: 'Podman' } },
        [
          {
            title: 'Only 3.0 GiB are free where the engine keeps its images',
            command: 'podman --url unix:///run/other.sock system prune',
          },
        ],
      ],
    ],
    silent: [['enough', { facts: { freeDisk: 10 * GIB } }]],
  },
  'binfmt-not-mounted': {
    says: [
      [
        'and something does not run',
        {
          at: 'ssh',
          facts: { handlersKnown: false },
          known: { emulates: true, others: { s390x: 'z' } },
          platforms: [fails('linux/s390x', 'elsewhere')],
        },
        [
          {
            severity: 'fix',
            command: "ssh -t -p 2222 me@pi 'sudo mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc'",
          },
        ],
      ],
      [
        'and everything runs',
        { facts: { handlersKnown: false }, platforms: [runs('linux/s390x')] },
        [
          {
            severity: 'note',
            title: 'binfmt_misc is not mounted: emulators can neither be seen nor registered',
          },
        ],
      ],
      [
        'nobody can see it',
        { at: 'tcp', facts: { handlersKnown: false }, known: { emulates: true } },
        [{ severity: 'note', title: expect.stringContaining('cannot be seen from here') }],
      ],
    ],
    silent: [
      ['mounted', {}],
      ['of a host that emulates nothing', { at: 'ssh', facts: { handlersKnown: false } }],
    ],
  },
  'handler-disabled': {
    says: [
      [
        'one of two',
        {
          facts: { handlers: [{ ...ARM64, enabled: false }, S390X] },
          platforms: [fails('linux/arm64'), runs('linux/s390x', S390X)],
        },
        [
          {
            severity: 'fix',
            title: 'Cannot run linux/arm64: switched off in binfmt_misc: qemu-aarch64',
            command:
              'echo 1 | sudo tee /proc/sys/fs/binfmt_misc/status /proc/sys/fs/binfmt_misc/qemu-aarch64',
          },
        ],
      ],
      [
        'one with a name that is no word',
        {
          facts: { handlers: [{ ...ARM64, enabled: false, name: 'x; rm -rf ~' }] },
          platforms: [fails('linux/arm64')],
        },
        [{ severity: 'fix', title: expect.stringContaining('x; rm') }],
      ],
    ],
    silent: [
      ['enabled', one(ARM64, 'linux/arm64')],
      [
        'of a host that emulates nothing',
        {
          at: 'ssh',
          facts: { handlers: [{ ...ARM64, enabled: false }] },
          platforms: [fails('linux/arm64')],
        },
      ],
    ],
  },
  'no-handler': {
    says: [
      [
        'on Debian',
        { platforms: [fails('linux/arm64'), fails('linux/s390x')] },
        [
          {
            severity: 'fix',
            title: 'Cannot run linux/arm64, linux/s390x: nothing here emulates them',
            command: APT,
          },
        ],
      ],
      [
        'on Debian behind ssh, for which it was declared, as root',
        {
          at: 'ssh',
          known: { emulates: true, asRoot: true },
          platforms: [fails('linux/s390x')],
        },
        [{ command: `ssh -t -p 2222 me@pi '${APT.replace('sudo ', '')}'` }],
      ],
      [
        'elsewhere',
        { facts: FEDORA, platforms: [fails('linux/arm64'), fails('linux/arm/v7')] },
        [{ command: `${IMAGE} --install arm64,arm` }],
      ],
      [
        'without a shell',
        { at: 'tcp', known: { emulates: true }, platforms: [fails('linux/arm64')] },
        [
          {
            command: `${IMAGE} --install arm64`,
            where: 'on the machine of tcp://192.0.2.7:2376',
          },
        ],
      ],
      [
        'of which another host runs one natively',
        { known: { others: { arm64: 'pi' } }, platforms: [fails('linux/arm64'), fails('linux/s390x')] },
        [
          { severity: 'fix', title: 'Cannot run linux/s390x: nothing here emulates it' },
          {
            severity: 'note',
            title: 'linux/arm64: nothing here emulates it, and pi runs it natively',
          },
        ],
      ],
    ],
    silent: [
      ['a host that emulates nothing', { at: 'ssh', platforms: [fails('linux/s390x')] }],
      ['everything runs', one(ARM64, 'linux/arm64')],
      [
        'one that is only switched off',
        { facts: { handlers: [{ ...ARM64, enabled: false }] }, platforms: [fails('linux/arm64')] },
      ],
    ],
  },
  'handler-broken': {
    says: [
      [
        'with F',
        {
          facts: { handlers: [ARM64] },
          platforms: [fails('linux/arm64', 'emulator-broken', 'it is registered, but: ENOENT')],
        },
        [
          {
            severity: 'fix',
            title: 'Emulators that do not start a test program: qemu-aarch64 (linux/arm64)',
            why: 'it is registered, but: ENOENT',
            command: `${IMAGE} --uninstall qemu-aarch64 --install arm64`,
          },
        ],
      ],
    ],
    silent: [
      ['one that works', one(ARM64, 'linux/arm64')],
      [
        'one without F, which explains it',
        {
          facts: { handlers: [{ ...ARM64, flags: 'P' }] },
          platforms: [fails('linux/arm64', 'emulator-broken')],
        },
      ],
    ],
  },
  'handler-without-f': {
    says: [
      [
        'that runs outside containers',
        one({ ...ARM64, flags: 'PC' }, 'linux/arm64'),
        [{ severity: 'fix', title: 'Handlers without flag F: qemu-aarch64' }],
      ],
      [
        'that does not run',
        {
          facts: { handlers: [{ ...ARM64, flags: '' }], ...FEDORA },
          platforms: [fails('linux/arm64', 'emulator-broken')],
        },
        [{ severity: 'fix', command: `${IMAGE} --uninstall qemu-aarch64 --install arm64` }],
      ],
    ],
    silent: [['with F', one(ARM64, 'linux/arm64')]],
  },
  'cannot-run': {
    says: [
      [
        'a CPU without a 32-bit mode',
        { at: 'ssh', facts: { architecture: 'arm64' }, platforms: [fails('linux/arm/v7')] },
        [
          {
            severity: 'note',
            title: 'Cannot run linux/arm/v7: its CPU, or its kernel, is arm64 only',
          },
        ],
      ],
      [
        'that was declared for it',
        {
          at: 'ssh',
          facts: { architecture: 'arm64' },
          spec: { platforms: ['linux/arm/v7'] },
          platforms: [fails('linux/arm/v7')],
        },
        [{ severity: 'fix', command: `ssh -t -p 2222 me@pi '${APT}'` }],
      ],
      [
        'a CPU below a level that was declared',
        {
          spec: { platforms: ['linux/amd64/v4'] },
          platforms: [fails('linux/amd64/v4', 'cpu-level', 'this CPU is below x86-64-v4')],
        },
        [
          {
            severity: 'fix',
            title: 'Cannot run linux/amd64/v4: this CPU is below x86-64-v4',
            why: expect.stringContaining('`platforms` of host local'),
          },
        ],
      ],
    ],
    silent: [
      ['its own', { platforms: [runs('linux/amd64'), runs('linux/386')] }],
      [
        'what an emulator could run here',
        { facts: { architecture: 'arm64' }, platforms: [fails('linux/arm/v7')] },
      ],
    ],
  },
  'handler-without-c': {
    says: [
      [
        'two of three',
        {
          facts: { handlers: [{ ...ARM64, flags: 'PF' }, { ...ARM, flags: 'F' }, S390X] },
          platforms: [
            runs('linux/arm64', { ...ARM64, flags: 'PF' }),
            runs('linux/arm/v7', { ...ARM, flags: 'F' }),
            runs('linux/s390x', S390X),
          ],
        },
        [
          {
            severity: 'note',
            title: 'Handlers without flag C: qemu-aarch64, qemu-arm',
            command: `${IMAGE} --uninstall qemu-aarch64,qemu-arm --install arm64,arm`,
          },
        ],
      ],
      [
        'of a rootless engine, which can register nothing',
        { ...one({ ...ARM64, flags: 'PF' }, 'linux/arm64'), engine: { rootless: true } },
        [{ title: 'Handlers without flag C: qemu-aarch64' }],
      ],
    ],
    silent: [
      ['with C', one(ARM64, 'linux/arm64')],
      [
        'that does not run at all',
        {
          facts: { handlers: [{ ...ARM64, flags: 'F' }] },
          platforms: [fails('linux/arm64', 'emulator-broken')],
        },
      ],
    ],
  },
  'emulator-version': {
    says: [
      [
        '7.2, of arm64',
        one({ ...ARM64, version: '7.2.22' }, 'linux/arm64'),
        [{ severity: 'note', why: expect.not.stringContaining('cpuinfo') }],
      ],
      [
        '7.2, of s390x',
        one({ ...S390X, version: '7.2' }, 'linux/s390x'),
        [
          {
            title: 'QEMU 7.2 lacks what version 10 has: qemu-s390x',
            why: expect.stringContaining('linux/s390x read this host'),
          },
        ],
      ],
    ],
    silent: [
      ['10', one(ARM64, 'linux/arm64')],
      ['8.2, which nobody tried', one({ ...ARM64, version: '8.2.1' }, 'linux/arm64')],
      ['7.20', one({ ...ARM64, version: '7.20' }, 'linux/arm64')],
    ],
  },
  'memory-limits': {
    says: [
      [
        'on a Raspberry Pi',
        {
          at: 'ssh',
          facts: { kernel: '6.12.75+rpt-rpi-v8' },
          engine: { memoryLimits: false },
        },
        [
          {
            severity: 'note',
            command: expect.stringMatching(/^ssh -t -p 2222 me@pi 'sudo sed .*cgroup_enable=memory/),
          },
        ],
      ],
      ['elsewhere', { engine: { memoryLimits: false } }, [{ severity: 'note' }]],
    ],
    silent: [
      ['limits', { engine: { memoryLimits: true, cgroupVersion: '1' } }],
      ['not known', {}],
    ],
  },
  'engine-version': {
    says: [
      [
        'of Debian 12',
        { engine: { name: 'Docker Engine', version: '20.10.24+dfsg1' } },
        [{ severity: 'note', title: expect.stringContaining('zstd') }],
      ],
    ],
    silent: [
      ['the first that can', { engine: { version: '23.0.0' } }],
      [
        'an image store that is not Docker’s own',
        { engine: { version: '22.06.0', imageStore: 'containerd' } },
      ],
      ['Podman', { engine: { name: 'Podman', version: '4.3.1' } }],
      ['no number', { engine: { version: 'dev' } }],
    ],
  },
  rootless: {
    says: [['engine', { engine: { rootless: true } }, [{ severity: 'note' }]]],
    silent: [['of root', {}]],
  },
  'page-size': {
    says: [
      [
        'of 16 KiB',
        { facts: { pageSize: 16_384 } },
        [{ severity: 'note', title: 'Its pages of memory have 16 KiB' }],
      ],
      [
        'of 64 KiB, which only a program could tell',
        { at: 'tcp', platforms: [withPages(runs('linux/amd64'))] },
        [{ severity: 'note', title: 'Its pages of memory have 64 KiB' }],
      ],
    ],
    silent: [
      ['of 4 KiB', { facts: { pageSize: 4096 } }],
      ['that an emulator makes up', { platforms: [withPages(runs('linux/amd64', S390X))] }],
    ],
  },
  'two-names': {
    says: [
      [
        'for one engine',
        { known: { aliases: ['again'] } },
        [{ severity: 'note', title: expect.stringContaining('declared as again') }],
      ],
    ],
    silent: [['one name', {}]],
  },
}

test('every rule has cases', () => {
  expect(Object.keys(CASES)).toEqual(Object.keys(RULES))
})

describe.each(Object.entries(CASES))('%s', (rule, { says, silent }) => {
  const ask = (changes: Changes) => adviseOnHost(makeKnown(changes)).filter(each => each.rule === rule)

  test.each(says)('speaks: %s', (_, changes, expected) => {
    const advice = ask(changes)
    expect(advice).toHaveLength(expected.length)
    expect(advice).toMatchObject(expected)
  })

  test.each(silent)('is silent: %s', (_, changes) => {
    expect(ask(changes)).toEqual([])
  })
})

test.each<[string, string, Changes]>([
  [
    'a handler’s name is no plain word',
    'handler-disabled',
    {
      facts: { handlers: [{ ...ARM64, enabled: false, name: 'x; rm -rf ~' }] },
      platforms: [fails('linux/arm64')],
    },
  ],
  [
    'a handler’s name is no plain word',
    'handler-without-c',
    one({ ...ARM64, flags: 'F', name: '$(x)' }, 'linux/arm64'),
  ],
  [
    'a rootless engine can register nothing',
    'no-handler',
    { facts: FEDORA, engine: { rootless: true }, platforms: [fails('linux/arm64')] },
  ],
])('there is no command where %s (%s)', (_, rule, changes) => {
  const advice = adviseOnHost(makeKnown(changes)).find(each => each.rule === rule)
  expect(advice?.title).toBeDefined()
  expect(advice).not.toHaveProperty('command')
})

test('a host in order needs nothing', () => {
  expect(adviseOnHost(makeKnown({ ...one(ARM64, 'linux/arm64'), engine: { memoryLimits: true } }))).toEqual(
    [],
  )
})

test('fixes come before notes', () => {
  const advice = adviseOnHost(
    makeKnown({ facts: { pageSize: 65_536, freeDisk: 0 }, platforms: [fails('linux/arm64')] }),
  )
  expect(advice.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual([
    'fix free-disk',
    'fix no-handler',
    'note page-size',
  ])
})

test('a host that was not reached is told in the words of its error', () => {
  const error = new ArchparityError('HOST_KEY', 'Host pi: no ssh connection', { hint: 'Compare the key.' })
  expect(adviseOnFailure(error, false)).toEqual([
    { rule: 'not-reached', severity: 'fix', title: 'Host pi: no ssh connection', why: 'Compare the key.' },
  ])
  expect(adviseOnFailure(new ArchparityError('ENGINE_UNAVAILABLE', 'None'), true)).toEqual([
    { rule: 'not-reached', severity: 'note', title: 'The engine of this machine is left out: None' },
  ])
})
