import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ContextFacts, createContext } from '../../src/compare/normalize/context.js'
import { joinNormal, normalizeJson, normalizeText } from '../../src/compare/normalize/normalize-line.js'
import { findContainerIds, NORMALIZE_RULES } from '../../src/compare/normalize/rules.js'
import { readPlatform } from '../report/factory.js'
import { createRandom } from './random.js'

const NATIVE = new Set(['linux/amd64', 'linux/386'])
function contextOf(platform: string, more: Partial<ContextFacts> = {}) {
  return createContext({
    platform: readPlatform(platform),
    execution: NATIVE.has(platform) ? 'native' : 'emulated',
    hostArchitecture: 'amd64',
    startedAt: '2026-03-01T12:00:00.000Z',
    endedAt: '2026-03-01T12:05:00.000Z',
    ...more,
  })
}
function normalize(text: string, platform = 'linux/amd64', more: Partial<ContextFacts> = {}): string {
  return joinNormal(normalizeText(text, contextOf(platform, more), new Map()))
}

const PLATFORMS = [
  'linux/amd64',
  'linux/386',
  'linux/arm64',
  'linux/arm/v7',
  'linux/arm/v6',
  'linux/ppc64le',
  'linux/s390x',
  'linux/riscv64',
]

/** The same line as each platform writes it. */
const SAME: readonly (readonly [name: string, byPlatform: Readonly<Record<string, string>>])[] = [
  [
    'loader paths',
    {
      'linux/amd64': 'interpreter /lib64/ld-linux-x86-64.so.2',
      'linux/386': 'interpreter /lib/ld-linux.so.2',
      'linux/arm64': 'interpreter /lib/ld-linux-aarch64.so.1',
      'linux/arm/v7': 'interpreter /lib/ld-linux-armhf.so.3',
      'linux/ppc64le': 'interpreter /lib64/ld64.so.2',
      'linux/s390x': 'interpreter /lib/ld64.so.1',
    },
  ],
  [
    'Java’s virtual machines',
    {
      'linux/amd64': 'OpenJDK 64-Bit Server VM (build 17.0.19+10, mixed mode, sharing)',
      'linux/arm/v7': 'OpenJDK Server VM (build 17.0.19+10, mixed mode, sharing)',
      'linux/386': 'OpenJDK Server VM (build 17.0.19+10, mixed mode, sharing)',
      'linux/s390x': 'OpenJDK 64-Bit Server VM (build 17.0.19+10, mixed mode, sharing)',
    },
  ],
  [
    'musl',
    {
      'linux/amd64': '/lib/ld-musl-x86_64.so.1 libc.musl-x86_64.so.1',
      'linux/arm64': '/lib/ld-musl-aarch64.so.1 libc.musl-aarch64.so.1',
      'linux/arm/v7': '/lib/ld-musl-armhf.so.1 libc.musl-armv7.so.1',
      'linux/s390x': '/lib/ld-musl-s390x.so.1 libc.musl-s390x.so.1',
    },
  ],
  [
    'triplets of Debian',
    {
      'linux/amd64': '/usr/lib/x86_64-linux-gnu/libz.so.1',
      'linux/386': '/usr/lib/i386-linux-gnu/libz.so.1',
      'linux/arm64': '/usr/lib/aarch64-linux-gnu/libz.so.1',
      'linux/arm/v7': '/usr/lib/arm-linux-gnueabihf/libz.so.1',
      'linux/arm/v6': '/usr/lib/arm-linux-gnueabihf/libz.so.1',
      'linux/ppc64le': '/usr/lib/powerpc64le-linux-gnu/libz.so.1',
      'linux/s390x': '/usr/lib/s390x-linux-gnu/libz.so.1',
    },
  ],
  [
    'triplets with a vendor',
    {
      'linux/amd64': 'bash (x86_64-pc-linux-gnu)',
      'linux/arm64': 'bash (aarch64-unknown-linux-gnu)',
      'linux/s390x': 'bash (s390x-ibm-linux-gnu)',
    },
  ],
  [
    'uname',
    {
      'linux/amd64': 'Linux 6.1 x86_64 GNU/Linux',
      'linux/386': 'Linux 6.1 x86_64 GNU/Linux',
      'linux/arm64': 'Linux 6.1 aarch64 GNU/Linux',
      'linux/arm/v7': 'Linux 6.1 armv7l GNU/Linux',
      'linux/arm/v6': 'Linux 6.1 armv7l GNU/Linux',
      'linux/ppc64le': 'Linux 6.1 ppc64le GNU/Linux',
      'linux/s390x': 'Linux 6.1 s390x GNU/Linux',
      'linux/riscv64': 'Linux 6.1 riscv64 GNU/Linux',
    },
  ],
  [
    'names of package managers and runtimes',
    {
      'linux/amd64': 'amd64 x64',
      'linux/386': 'i386 ia32',
      'linux/arm64': 'arm64 arm64',
      'linux/arm/v7': 'armhf arm',
      'linux/ppc64le': 'ppc64el ppc64',
      'linux/s390x': 's390x s390x',
    },
  ],
  [
    'OCI platforms',
    {
      'linux/amd64': 'platform linux/amd64 ok',
      'linux/386': 'platform linux/386 ok',
      'linux/arm64': 'platform linux/arm64/v8 ok',
      'linux/arm/v7': 'platform linux/arm/v7 ok',
      'linux/arm/v6': 'platform linux/arm/v6 ok',
    },
  ],
  [
    'names inside names',
    { 'linux/amd64': 'lib_x86_64.so a-linux-x64.tar', 'linux/ppc64le': 'lib_ppc64le.so a-linux-ppc64.tar' },
  ],
]

describe('one text on every platform', () => {
  test.each(SAME)('%s', (_, byPlatform) => {
    const normal = Object.entries(byPlatform).map(([platform, text]) => normalize(text, platform))
    expect(new Set(normal).size, JSON.stringify(normal)).toBe(1)
    expect(normal[0]).not.toBe(Object.values(byPlatform)[0])
  })
})

describe('only what is the target’s own', () => {
  test('another architecture’s word stays: that is a foreign program', () => {
    expect(normalize('x86_64', 'linux/arm64')).toBe('x86_64')
    expect(normalize('/lib64/ld-linux-x86-64.so.2', 'linux/arm64')).toBe(
      '/lib64/ld-linux-x86-64.so.2'.replace('64/', '/'),
    )
    expect(normalize('armv6l', 'linux/arm/v7')).toBe('armv6l')
  })

  test.each(PLATFORMS)('a list of architectures is the same text on %s', platform => {
    for (const list of [
      'supports amd64, arm64, s390x',
      'linux/amd64 linux/386',
      'linux/amd64,linux/arm/v7',
      'amd64 i386',
      'i386 x86_64',
    ]) {
      expect(normalize(list, platform)).toBe(list)
    }
  })

  test('386 is told the kernel’s word, natively only', () => {
    expect(normalize('x86_64', 'linux/386')).toBe('‹arch›')
    expect(normalize('x86_64', 'linux/386', { execution: 'emulated' })).toBe('x86_64')
    expect(normalize('386', 'linux/386')).toBe('386')
  })

  test('a word inside another is no word', () => {
    for (const text of ['charm', 'armour', 'arm_fpu', 'alarm', 'hexx64', 'x86_640', 'myamd64lib', 'x86-640'])
      for (const platform of PLATFORMS) expect(normalize(text, platform), platform).toBe(text)
  })
})

describe('what is the run’s or the engine’s', () => {
  const ID = '0123456789ab'
  const LONG = `${ID}${'c'.repeat(52)}`

  test.each([
    [`HOSTNAME=${ID}`, 'HOSTNAME=‹container›'],
    [`Linux ${ID} 6.1`, 'Linux ‹container› 6.1'],
    [`0::/docker/${LONG}`, '0::/docker/‹container›'],
    [`/system.slice/docker-${LONG}.scope`, '/system.slice/docker-‹container›.scope'],
    [`root@${ID}:/#`, 'root@‹container›:/#'],
    ['eth0 172.17.0.2/16 02:42:ac:11:00:02', 'eth0 ‹container address›/16 ‹container address›'],
    ['<Foo object at 0x7f1c2d3e4000>', '<Foo object at 0x‹address›>'],
    ['libc.so.6 => /lib/libc.so.6 (0x00007f1c2d3e4000)', 'libc.so.6 => /lib/libc.so.6 (0x‹address›)'],
    ['\t/lib64/ld-linux-x86-64.so.2 (0x00007f1c2d3e4000)', '\t/lib/‹loader› (0x‹address›)'],
    ['started 2026-03-01T12:03:04.567Z', 'started ‹time›Z'],
    ['2026/03/01 12:03:04 [notice]', '‹time› [notice]'],
    ['[01/Mar/2026:12:03:04 +0000]', '[‹time› +0000]'],
    ['Sun, 01 Mar 2026 12:03:04 GMT', '‹time› GMT'],
    ['Sun Mar  1 12:03:04 UTC 2026', '‹time› UTC'],
    ['-rw-r--r-- 1 root root 4 Mar  1 11:58 x', '-rw-r--r-- 1 root root 4 ‹time› x'],
    ['pid 14', 'pid ‹pid›'],
    ['{"pid": 14}', '{"pid": ‹pid›}'],
    ['PID=14, ok', 'PID=‹pid›, ok'],
    ['sshd[812]: ready', 'sshd[‹pid›]: ready'],
    [
      'overlay on / type overlay (rw,lowerdir=/var/lib/docker/l/AB:/x,upperdir=/y,workdir=/z)',
      'overlay on / type overlay (rw,lowerdir=‹engine storage›,upperdir=‹engine storage›,workdir=‹engine storage›)',
    ],
    ['ready in 0.42 s', 'ready in ‹elapsed›'],
    ['took 12ms, all well', 'took ‹elapsed›, all well'],
    ['bash 5.2.15-2+b7 amd64', 'bash 5.2.15-2 ‹arch›'],
    ['Segmentation fault (core dumped)', 'Segmentation fault'],
  ])('%s', (text, normal) => expect(normalize(text)).toBe(normal))

  test('lines that are not the image’s are left out', () => {
    expect(normalize('a\n\tlinux-vdso.so.1 (0x00007ffc1a5f2000)\nb')).toBe('a\nb')
    const crash = 'a\nqemu: uncaught target signal 11 (Segmentation fault) - core dumped'
    expect(normalize(crash, 'linux/arm64')).toBe('a')
    expect(normalize(crash, 'linux/amd64')).toBe(crash)
  })

  test('the emulator in front of a command line', () => {
    const withP = '1 root /usr/libexec/qemu-binfmt/aarch64-binfmt-P /usr/bin/sh sh -c x'
    expect(normalize(withP, 'linux/arm64')).toBe('1 root sh -c x')
    expect(normalize('7 root {sh} /usr/libexec/aarch64-binfmt-P /bin/sh sh', 'linux/arm64')).toBe('7 root sh')
    expect(normalize('/usr/bin/qemu-aarch64-static /usr/bin/app x', 'linux/arm64')).toBe('/usr/bin/app x')
    expect(normalize('qemu-img create', 'linux/arm64')).toBe('qemu-img create')
    expect(normalize(withP, 'linux/amd64')).toBe(withP)
  })

  test('ids learned elsewhere are hidden anywhere, hashes are not', () => {
    expect(findContainerIds(`x\nHOSTNAME=${ID}\n`)).toEqual([ID])
    expect(normalize(`name ${ID} of ${LONG}`, 'linux/amd64', { containerIds: [ID] })).toBe(
      'name ‹container› of ‹container›',
    )
    expect(normalize(`${LONG}  file`)).toBe(`${LONG}  file`)
  })
})

describe('never normalised away', () => {
  test.each([
    '2038-01-19T03:14:08Z',
    'Jun 11 20:56 x',
    'rapid 14',
    '1[1]: x',
    'Thu Jan  1 00:00:00 UTC 1970',
    'Tue, 19 Jan 2038 03:14:07 GMT',
    'crc32 0x1c291ca3',
    'hash 0xdeadbeefcafebabe',
    '-nan',
    'nan',
    'No such file or directory',
    'Value too large for defined data type',
    'exit 139',
    'mode 0755 owner 1000:1000',
    '10.0.0.5',
    '172.15.0.1',
    'a+b1',
    'sleeps 5 s',
    'timeout after 30 s',
    '386',
    '9f86d081884c',
  ])('%s', text => {
    for (const platform of PLATFORMS) expect(normalize(text, platform), platform).toBe(text)
  })

  test('a time zone shows', () => {
    expect(normalize('Sun Mar  1 12:03:04 UTC 2026')).not.toBe(normalize('Sun Mar  1 21:03:04 JST 2026'))
  })
})

describe('generated texts', () => {
  const WORDS = [
    'x86_64',
    'amd64',
    'x64',
    '/lib64/ld-linux-x86-64.so.2',
    '/usr/lib/x86_64-linux-gnu',
    'linux/amd64',
  ]
  const SWAPS: Readonly<Record<string, readonly string[]>> = {
    'linux/arm64': [
      'aarch64',
      'arm64',
      'arm64',
      '/lib/ld-linux-aarch64.so.1',
      '/usr/lib/aarch64-linux-gnu',
      'linux/arm64',
    ],
    'linux/arm/v7': [
      'armv7l',
      'armhf',
      'arm',
      '/lib/ld-linux-armhf.so.3',
      '/usr/lib/arm-linux-gnueabihf',
      'linux/arm/v7',
    ],
    'linux/s390x': ['s390x', 's390x', 's390x', '/lib/ld64.so.1', '/usr/lib/s390x-linux-gnu', 'linux/s390x'],
    'linux/ppc64le': [
      'ppc64le',
      'ppc64el',
      'ppc64',
      '/lib64/ld64.so.2',
      '/usr/lib/powerpc64le-linux-gnu',
      'linux/ppc64le',
    ],
  }
  const PLAIN = [
    'version',
    '1.2.3',
    'ok',
    '-nan',
    'EPERM',
    'Permission denied',
    '42',
    '-7',
    '0x1f',
    '3.14',
    'No such file',
    '0644',
    '"a"',
    '{',
    'é',
    '☃',
  ]
  const CHANGES: readonly [RegExp, (match: string) => string][] = [
    [/\d/, digit => String((Number(digit) + 1) % 10)],
    [/-(?=nan|\d)/, () => '+'],
    [/Permission denied/, () => 'Operation not permitted'],
    [/No such file/, () => 'Exec format error'],
  ]

  /** A text as amd64 and as another platform write it; `plain` marks the words that are no architecture's. */
  function generate(seed: number, platform: string) {
    const random = createRandom(seed)
    const words = Array.from({ length: 1 + random.integer(12) }, () => {
      const own = random.next() < 0.4
      const index = random.integer(WORDS.length)
      const plain = random.pick(PLAIN)
      const end = random.pick([' ', '\n', ', ', ':'])
      return own
        ? { plain: false, mine: WORDS[index] as string, theirs: SWAPS[platform]?.[index] as string, end }
        : { plain: true, mine: plain, theirs: plain, end }
    })
    const join = (side: 'mine' | 'theirs') => words.map(word => word[side] + word.end).join('')
    return { random, words, mine: join('mine'), theirs: join('theirs') }
  }

  test('swapped architecture words compare equal, and normalising is idempotent', () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      for (const platform of Object.keys(SWAPS)) {
        const { mine, theirs } = generate(seed, platform)
        const normal = normalize(theirs, platform)
        expect(normal, `seed ${seed}: ${JSON.stringify(theirs)}`).toBe(normalize(mine))
        expect(normalize(normal, platform)).toBe(normal)
      }
    }
  })

  test('a changed digit, sign or error text still differs', () => {
    let changed = 0
    for (let seed = 1; seed <= 3000; seed += 1) {
      const { random, words, mine } = generate(seed, 'linux/arm64')
      const places = words.flatMap((word, index) =>
        CHANGES.filter(([pattern]) => word.plain && pattern.test(word.theirs)).map(change => ({
          index,
          change,
        })),
      )
      if (places.length === 0) continue
      const { index, change } = random.pick(places)
      const altered = words
        .map((word, at) => (at === index ? word.theirs.replace(...change) : word.theirs) + word.end)
        .join('')
      expect(normalize(altered, 'linux/arm64'), `seed ${seed}: ${JSON.stringify(altered)}`).not.toBe(
        normalize(mine),
      )
      changed += 1
    }
    expect(changed).toBeGreaterThan(2000)
  })

  test('any text at all is normalised without an error, twice the same', () => {
    const random = createRandom(7)
    const pieces = [
      '0x',
      'at ',
      '(',
      ')',
      '.so.6 (',
      '172.17.',
      '02:42:',
      'docker-',
      'a'.repeat(70),
      'qemu-',
      '-binfmt-P ',
      '/',
      ' ',
      '\n',
      '+b1',
      '1',
      '2026-03-01T12:00:00',
      'took 1',
      's',
      '\u0000',
      '\ud800',
      'x86_64',
      '-linux-gnu',
      '‹arch›',
      'linux/',
      'amd64',
    ]
    for (let round = 0; round < 3000; round += 1) {
      const text = Array.from({ length: random.integer(14) }, () => random.pick(pieces)).join('')
      for (const platform of ['linux/amd64', 'linux/arm64']) {
        const once = normalize(text, platform)
        expect(normalize(once, platform), JSON.stringify(text)).toBe(once)
      }
    }
  })
})

test('settings of the emulator are no part of an environment, whatever its form', () => {
  const same: [string, string][] = [
    ['HOME=/\nQEMU_CPU=cortex-a72\nPATH=/bin', 'HOME=/\nPATH=/bin'],
    ["export HOME='/'\nexport QEMU_CPU='cortex-a72'", "export HOME='/'"],
    ['declare -x HOME="/"\ndeclare -x QEMU_CPU="power8"', 'declare -x HOME="/"'],
    ["  HOME: '/',\n  QEMU_CPU: 'max',\n  PATH: '/bin'", "  HOME: '/',\n  PATH: '/bin'"],
    ['HOME=/\0QEMU_CPU=max\0PATH=/bin\0', 'HOME=/\0PATH=/bin\0'],
    ['QEMU_CPU=max\0PATH=/bin\0', 'PATH=/bin\0'],
  ]
  for (const [leg, plain] of same) {
    const how = { execution: 'emulated' } as const
    expect(normalize(leg, 'linux/arm64', how)).toBe(normalize(plain, 'linux/arm64', how))
    expect(normalize(leg, 'linux/amd64')).toBe(normalize(plain, 'linux/amd64'))
  }
  for (const kept of ['QEMU_AUDIO_DRV=none', 'set QEMU_CPU to max', 'MY_QEMU_CPU=max', 'QEMU_CPUS=4'])
    expect(normalize(kept)).toBe(kept)
  const fired = new Map<string, number>()
  const value = normalizeJson({ HOME: '/', QEMU_CPU: 'max', QEMU_CPUS: '4' }, contextOf('linux/arm64'), fired)
  expect(value).toEqual({ HOME: '/', QEMU_CPUS: '4' })
  expect(fired.get('emulator-settings')).toBe(1)
})

test('the documentation lists the rules in their order', () => {
  const page = readFileSync(new URL('../../docs/comparison.md', import.meta.url), 'utf8')
  const [builtIn = ''] = page.split('### Normalisers of your own')
  const names = [...builtIn.matchAll(/^\| `([a-z0-9-]+)` +\|/gm)].map(match => match[1])
  expect(names).toEqual(NORMALIZE_RULES.map(rule => rule.name))
})

test('every rule has a name of its own and a description', () => {
  expect(new Set(NORMALIZE_RULES.map(rule => rule.name)).size).toBe(NORMALIZE_RULES.length)
  for (const rule of NORMALIZE_RULES) expect(rule.description).toMatch(/\.$/)
})

test('a virtual machine of another word size than its platform’s is a difference', () => {
  const narrow = 'OpenJDK Server VM (build 17)'
  expect(normalize(narrow, 'linux/arm64')).not.toBe(
    normalize('OpenJDK 64-Bit Server VM (build 17)', 'linux/amd64'),
  )
  expect(normalize(narrow, 'linux/arm64')).not.toBe(normalize(narrow, 'linux/arm/v7'))
})
