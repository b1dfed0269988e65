import { expect, test } from 'vitest'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import type { FileFact } from '../../../src/audit/inventory.js'
import { createRandom, pickNumber, type Random } from '../../lab/random.js'
import { audit, glibcRoot, library, muslRoot, PLATFORM_RULES, type SyntheticFile } from '../synthetic.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v6', 'linux/386', 'linux/s390x']
const PARTS = [
  ...[
    'usr',
    'bin',
    'lib',
    'lib64',
    '..',
    '.',
    '',
    '__proto__',
    'constructor',
    'node_modules',
    '@img',
    'x',
    '\u0000',
  ],
  ...[
    'site-packages',
    'prebuilds',
    'linux-x64',
    'x86_64-linux-gnu',
    'testdata',
    '\ud800',
    '\u202e',
    'a'.repeat(300),
  ],
]
const NAMES = [
  ...[
    'libc.so.6',
    'ld-linux-x86-64.so.2',
    'ld-musl-x86_64.so.1',
    'sh',
    'package.json',
    'x.node',
    'etc/ld.so.conf',
  ],
  ...[
    'x.cpython-311-x86_64-linux-gnu.so',
    'core',
    'qemu_x_20240101-000000_1.core',
    'x.jar',
    '__proto__',
    'x',
  ],
]
const WORDS = [
  '',
  '/',
  '$ORIGIN',
  '../..',
  '/bin/sh\r',
  '/usr/bin/env',
  '-S',
  '\u001b[2J',
  'x'.repeat(5000),
  ...NAMES,
]

function pick<T>(random: Random, items: readonly T[]): T {
  return items[pickNumber(random, items.length)] as T
}

function list(random: Random): string[] {
  return Array.from({ length: pickNumber(random, 6) }, () => pick(random, WORDS))
}

function makePath(random: Random): string {
  const parts = Array.from({ length: pickNumber(random, 5) }, () => pick(random, PARTS))
  return [...parts, pick(random, NAMES)].join('/')
}

function makeFacts(random: Random): ElfFacts {
  const versions = () => Object.fromEntries(list(random).map(name => [name, list(random)]))
  return library(pick(random, PLATFORMS), {
    type: pick(random, ['executable', 'pie', 'shared', 'relocatable', 'core', 'other'] as const),
    interpreter: pick(random, [undefined, ...WORDS]),
    needed: list(random),
    rpath: list(random),
    runpath: pick(random, [undefined, list(random)]),
    soname: pick(random, [undefined, ...WORDS]),
    versionNeeds: versions(),
    versionDefinitions: list(random),
    go: { version: pick(random, WORDS), settings: versions() as never },
    armArchitecture: pickNumber(random, 300),
    loadAlign: pick(random, [0, 1, 3, 4096, 2 ** 53]),
    damage: pick(random, [undefined, ...WORDS]),
  })
}

function makeFact(random: Random): FileFact {
  const word = pick(random, WORDS)
  const node = { ecosystem: 'node', name: word, version: word } as const
  return pick<FileFact>(random, [
    { kind: 'text', text: `include ${word}\n${word}` },
    { kind: 'wheel', tags: list(random) },
    { kind: 'loader-cache', libraries: Object.fromEntries(list(random).map(name => [name, list(random)])) },
    {
      kind: 'node-manifest',
      package: node,
      manifest: { os: list(random), cpu: list(random), optionalDependencies: list(random) },
    },
    { kind: 'archive', members: [{ path: word, size: 1, elf: makeFacts(random) }] },
  ])
}

function makeFile(random: Random): SyntheticFile {
  return {
    mode: pickNumber(random, 0o10000),
    size: pickNumber(random, 3),
    type: pick(random, ['file', 'file', 'file', 'hardlink', 'directory', 'symlink', 'fifo'] as const),
    link: pick(random, [undefined, undefined, ...WORDS]),
    elf: pick(random, [undefined, makeFacts(random)]),
    shebang: pick(random, [undefined, `${pick(random, WORDS)} ${pick(random, WORDS)}`]),
    fact: pick(random, [undefined, makeFact(random)]),
    text: pick(random, [undefined, true, false]),
  }
}

test('no root, however odd, makes a rule fail, and titles show no control characters', () => {
  const random = createRandom(3)
  for (let round = 0; round < 150; round += 1) {
    const platforms = PLATFORMS.slice(0, 1 + pickNumber(random, 3)).map(platform => ({
      platform,
      complete: pickNumber(random, 4) > 0,
      files: {
        ...pick(random, [
          {},
          glibcRoot(platform === 'linux/arm/v6' ? 'linux/arm/v7' : platform),
          muslRoot(platform),
        ]),
        ...Object.fromEntries(Array.from({ length: 40 }, () => [makePath(random), makeFile(random)])),
      },
      config: {
        entrypoint: list(random),
        command: list(random),
        env: list(random),
        workingDir: pick(random, WORDS),
      },
    }))
    const findings = audit(platforms, PLATFORM_RULES)
    expect(new Set(findings.map(({ key }) => key)).size).toBe(findings.length)
    for (const { title, severity } of findings) {
      expect(['error', 'warning', 'note']).toContain(severity)
      expect(title).not.toMatch(/\p{Cc}/u)
    }
  }
})

test('many programs with many needs end', () => {
  const needed = Array.from({ length: 400 }, (_, index) => `lib${index}.so`)
  const libraries = needed.map(
    name => [`usr/lib/${name}`, { elf: library('linux/amd64', { needed }) }] as const,
  )
  const programs = Array.from({ length: 50 }, (_, index) => {
    const elf = library('linux/amd64', { type: 'pie', interpreter: '/lib64/ld-linux-x86-64.so.2', needed })
    return [`usr/bin/p${index}`, { mode: 0o755, elf }] as const
  })
  const files = { ...glibcRoot('linux/amd64'), ...Object.fromEntries([...libraries, ...programs]) }
  expect(audit([{ platform: 'linux/amd64', files }], PLATFORM_RULES)).toEqual([])
})
