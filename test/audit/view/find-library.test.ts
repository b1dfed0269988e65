import { expect, test } from 'vitest'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import type { FileFact } from '../../../src/audit/inventory.js'
import type { ElfFile } from '../../../src/audit/view/platform-view.js'
import {
  GLIBC,
  glibcRoot,
  library,
  makeView,
  muslProgram,
  muslRoot,
  program,
  type SyntheticFiles,
} from '../synthetic.js'

const AMD64 = 'linux/amd64'
const LIB = library(AMD64)
const BRACED = ['$', '{ORIGIN}'].join('')
const text = (content: string): { fact: FileFact } => ({ fact: { kind: 'text', text: content } })
const cache = (libraries: Record<string, string[]>): { fact: FileFact } => ({
  fact: { kind: 'loader-cache', libraries },
})

/** Where the loader finds `libx.so.1` for `/opt/app/bin/tool`. */
function find(
  files: SyntheticFiles,
  facts: Partial<ElfFacts> = {},
  env: readonly string[] = [],
  platform = AMD64,
) {
  const view = makeView({
    platform,
    files: {
      ...glibcRoot(platform),
      'opt/app/bin/tool': { mode: 0o755, elf: program(platform, facts) },
      ...files,
    },
    config: { env },
  })
  const tool = view.elfFiles.find(file => file.path === 'opt/app/bin/tool') as ElfFile
  return view.findLibrary('libx.so.1', tool)
}

const at = (...paths: string[]): SyntheticFiles =>
  Object.fromEntries(paths.map(path => [`${path}/libx.so.1`, { elf: LIB }]))

test.each<[string, SyntheticFiles, Partial<ElfFacts>, readonly string[], string | undefined]>([
  ['multiarch before plain', at('usr/lib', 'usr/lib/x86_64-linux-gnu'), {}, [], 'usr/lib/x86_64-linux-gnu'],
  ['ld.so.conf before defaults', at('usr/local/lib', 'usr/lib'), {}, [], 'usr/local/lib'],
  ['Debian does not look in lib64', at('usr/lib64'), {}, [], undefined],
  ['nor in folders of its own', at('opt/app/lib'), {}, [], undefined],
  ['LD_LIBRARY_PATH before conf', at('srv', 'usr/local/lib'), {}, ['LD_LIBRARY_PATH=/none:/srv'], 'srv'],
  ['RPATH before LD_LIBRARY_PATH', at('r', 'srv'), { rpath: ['/r'] }, ['LD_LIBRARY_PATH=/srv'], 'r'],
  ['LD_LIBRARY_PATH before RUNPATH', at('r', 'srv'), { runpath: ['/r'] }, ['LD_LIBRARY_PATH=/srv'], 'srv'],
  ['RUNPATH before conf', at('r', 'usr/local/lib'), { runpath: ['/r'] }, [], 'r'],
  ['RUNPATH makes RPATH void', at('r'), { rpath: ['/r'], runpath: ['/none'] }, [], undefined],
  ['$ORIGIN', at('opt/app/lib'), { runpath: ['$ORIGIN/../lib'] }, [], 'opt/app/lib'],
  ['$ORIGIN in braces', at('opt/app/lib'), { rpath: [`${BRACED}/../lib`] }, [], 'opt/app/lib'],
  ['$ORIGINAL is no token', at('opt/app/bin/AL'), { rpath: ['$ORIGINAL'] }, [], undefined],
  ['$LIB', at('opt/lib/x86_64-linux-gnu'), { rpath: ['/opt/$LIB'] }, [], 'opt/lib/x86_64-linux-gnu'],
  ['$PLATFORM', at('opt/x86_64'), { rpath: ['/opt/$PLATFORM'] }, [], 'opt/x86_64'],
  ['NODEFLIB leaves defaults out', at('usr/lib'), { noDefaultLib: true }, [], undefined],
  ['NODEFLIB keeps conf', at('usr/local/lib'), { noDefaultLib: true }, [], 'usr/local/lib'],
  [
    'a cache is asked instead of conf',
    { ...at('usr/local/lib'), 'etc/ld.so.cache': cache({}) },
    {},
    [],
    undefined,
  ],
  [
    'the cache names any folder',
    { ...at('opt/deep'), 'etc/ld.so.cache': cache({ 'libx.so.1': ['/opt/deep/libx.so.1'] }) },
    {},
    [],
    'opt/deep',
  ],
  [
    'NODEFLIB leaves out what the cache says of defaults',
    { ...at('usr/lib'), 'etc/ld.so.cache': cache({ 'libx.so.1': ['/usr/lib/libx.so.1'] }) },
    { noDefaultLib: true },
    [],
    undefined,
  ],
  [
    'NODEFLIB takes the rest of the cache',
    { ...at('opt/deep'), 'etc/ld.so.cache': cache({ 'libx.so.1': ['/opt/deep/libx.so.1'] }) },
    { noDefaultLib: true },
    [],
    'opt/deep',
  ],
  [
    'a stale cache falls through to defaults',
    { ...at('usr/lib'), 'etc/ld.so.cache': cache({ 'libx.so.1': ['/gone/libx.so.1'] }) },
    {},
    [],
    'usr/lib',
  ],
  [
    'includes, comments and types',
    {
      ...at('opt/one'),
      'etc/ld.so.conf': text('# x\ninclude ld.so.conf.d/a*.conf\nhwcap 0 nosegneg\n'),
      'etc/ld.so.conf.d/ab.conf': text('  /opt/one=libc6 # why\n'),
    },
    {},
    [],
    'opt/one',
  ],
  [
    'a glob that does not match',
    { ...at('opt/one'), 'etc/ld.so.conf.d/x.config': text('/opt/one\n') },
    {},
    [],
    undefined,
  ],
  [
    'a file that includes itself',
    { ...at('opt/one'), 'etc/ld.so.conf': text('include /etc/ld.so.conf\n/opt/one\n') },
    {},
    [],
    'opt/one',
  ],
])('glibc: %s', (_, files, facts, env, expected) => {
  expect(find(files, facts, env).path).toBe(expected === undefined ? undefined : `${expected}/libx.so.1`)
})

test('glibc passes over files of another machine, class or float ABI, and goes on', () => {
  const answer = find({
    'usr/local/lib/libx.so.1': { elf: library('linux/arm64') },
    'usr/lib/x86_64-linux-gnu/libx.so.1': { elf: library('linux/386') },
    'usr/lib/libx.so.1': { elf: LIB },
  })
  expect(answer.path).toBe('usr/lib/libx.so.1')
  expect(answer.unfit).toEqual(['usr/local/lib/libx.so.1', 'usr/lib/x86_64-linux-gnu/libx.so.1'])
  const arm = 'linux/arm/v7'
  const soft = find({ 'usr/lib/libx.so.1': { elf: library(arm, { floatAbi: 'soft' }) } }, {}, [], arm)
  expect([soft.path, soft.unfit]).toEqual([undefined, ['usr/lib/libx.so.1']])
})

test('what is no ELF file ends the search', () => {
  const answer = find({ 'usr/local/lib/libx.so.1': { text: true }, ...at('usr/lib') })
  expect([answer.path, answer.unfit]).toEqual([undefined, ['usr/local/lib/libx.so.1']])
})

test('says where else a fitting file is, and where it looked', () => {
  const answer = find({
    ...at('opt/app/lib', 'srv/x'),
    'opt/arm/libx.so.1': { elf: library('linux/arm64') },
    'opt/app/libx.so.1': { link: 'lib/libx.so.1' },
  })
  expect(answer.elsewhere).toEqual(['opt/app/lib/libx.so.1', 'srv/x/libx.so.1'])
  expect(answer.searched).toEqual([
    '/usr/local/lib',
    '/lib/x86_64-linux-gnu',
    '/usr/lib/x86_64-linux-gnu',
    '/lib',
    '/usr/lib',
  ])
})

test('uses subdirectories for processors that the variant promises', () => {
  const files = at('usr/lib/glibc-hwcaps/x86-64-v2', 'usr/lib/glibc-hwcaps/x86-64-v3', 'usr/lib')
  expect(find(files).path).toBe('usr/lib/libx.so.1')
  expect(find(files, {}, [], 'linux/amd64/v2').path).toBe('usr/lib/glibc-hwcaps/x86-64-v2/libx.so.1')
})

test('a root without multiarch has lib64', () => {
  const view = makeView({
    platform: AMD64,
    files: {
      'lib64/ld-linux-x86-64.so.2': { elf: LIB },
      'lib64/libc.so.6': { elf: LIB },
      'usr/lib64/libx.so.1': { elf: LIB },
      app: { mode: 0o755, elf: program(AMD64, { needed: ['libx.so.1', '/usr/lib64/libx.so.1', 'usr/no'] }) },
    },
  })
  const app = view.elfFiles.find(file => file.path === 'app') as ElfFile
  expect(view.findLibrary('libx.so.1', app).path).toBe('usr/lib64/libx.so.1')
  expect(view.findLibrary('/usr/lib64/libx.so.1', app).path).toBe('usr/lib64/libx.so.1')
  expect(view.findLibrary('lib64/libc.so.6', app).path).toBe('lib64/libc.so.6')
})

test.each(Object.keys(GLIBC))('finds the C library of %s where Debian has it', architecture => {
  const platform = `linux/${architecture}`
  const view = makeView({ platform, files: glibcRoot(platform) })
  const shell = view.elfFiles.find(file => file.path === 'usr/bin/dash') as ElfFile
  expect(view.listClosure(shell).map(file => file.path)).toEqual([
    'usr/bin/dash',
    expect.stringMatching(/\/ld[^/]+$/),
    `usr/lib/${GLIBC[architecture]?.tuple}/libc.so.6`,
  ])
})

test('RPATH is handed down to what a file loads, RUNPATH is not', () => {
  const tree = (facts: Partial<ElfFacts>) => {
    const view = makeView({
      platform: AMD64,
      files: {
        ...glibcRoot(AMD64),
        'opt/lib/libfirst.so': { elf: library(AMD64, { needed: ['libsecond.so'] }) },
        'opt/lib/libsecond.so': { elf: LIB },
        'opt/tool': { mode: 0o755, elf: program(AMD64, { needed: ['libfirst.so'], ...facts }) },
      },
    })
    const tool = view.elfFiles.find(file => file.path === 'opt/tool') as ElfFile
    return view.traceStart(tool).missing.map(each => `${each.needer.path} ${each.name}`)
  }
  expect(tree({ rpath: ['/opt/lib'] })).toEqual([])
  expect(tree({ runpath: ['/opt/lib'] })).toEqual(['opt/lib/libfirst.so libsecond.so'])
})

test('a file with RUNPATH is not served by the RPATH of what loaded it', () => {
  const view = makeView({
    platform: AMD64,
    files: {
      ...glibcRoot(AMD64),
      'opt/lib/libfirst.so': { elf: library(AMD64, { needed: ['libsecond.so'], runpath: ['/none'] }) },
      'opt/lib/libsecond.so': { elf: LIB },
      'opt/tool': { mode: 0o755, elf: program(AMD64, { needed: ['libfirst.so'], rpath: ['/opt/lib'] }) },
    },
  })
  const tool = view.elfFiles.find(file => file.path === 'opt/tool') as ElfFile
  expect(view.traceStart(tool).missing.map(each => each.name)).toEqual(['libsecond.so'])
})

test('a name that is loaded already, or is the soname of what is, is not searched', () => {
  const view = makeView({
    platform: AMD64,
    files: {
      ...glibcRoot(AMD64),
      'opt/libone.so': { elf: library(AMD64, { soname: 'libproper.so.1' }) },
      'usr/lib/libtwo.so': { elf: library(AMD64, { needed: ['libproper.so.1', 'libone.so'] }) },
      'opt/tool': {
        mode: 0o755,
        elf: program(AMD64, { needed: ['libone.so', 'libtwo.so'], runpath: ['/opt'] }),
      },
    },
  })
  const start = view.traceStart(view.elfFiles.find(file => file.path === 'opt/tool') as ElfFile)
  expect(start.missing).toEqual([])
  expect(start.links.map(link => link.file.path)).toEqual([
    'opt/libone.so',
    'usr/lib/libtwo.so',
    'opt/libone.so',
    'opt/libone.so',
  ])
})

const MUSL_PATH = 'etc/ld-musl-x86_64.path'

test.each<[string, SyntheticFiles, Partial<ElfFacts>, readonly string[], string | undefined]>([
  ['/lib before /usr/local/lib', at('usr/local/lib', 'lib'), {}, [], 'lib'],
  ['/usr/local/lib before /usr/lib', at('usr/local/lib', 'usr/lib'), {}, [], 'usr/local/lib'],
  ['LD_LIBRARY_PATH before run paths', at('r', 'srv'), { rpath: ['/r'] }, ['LD_LIBRARY_PATH=/srv'], 'srv'],
  ['RUNPATH before defaults', at('r', 'lib'), { runpath: ['/r'] }, [], 'r'],
  [
    'its path file replaces defaults',
    { ...at('lib'), [MUSL_PATH]: text('/opt/a\n/opt/b') },
    {},
    [],
    undefined,
  ],
  ['its path file names folders', { ...at('opt/b'), [MUSL_PATH]: text('/opt/a\n/opt/b') }, {}, [], 'opt/b'],
  ['etc/ld.so.conf is not asked', { ...at('opt/b'), 'etc/ld.so.conf': text('/opt/b') }, {}, [], undefined],
  [
    "glibc's cache is not asked",
    { ...at('opt/b'), 'etc/ld.so.cache': cache({ 'libx.so.1': ['/opt/b/libx.so.1'] }) },
    {},
    [],
    undefined,
  ],
])('musl: %s', (_, files, facts, env, expected) => {
  const view = makeView({
    platform: AMD64,
    files: { ...muslRoot(AMD64), 'opt/tool': { mode: 0o755, elf: muslProgram(AMD64, facts) }, ...files },
    config: { env },
  })
  const tool = view.elfFiles.find(file => file.path === 'opt/tool') as ElfFile
  expect(view.findLibrary('libx.so.1', tool).path).toBe(
    expected === undefined ? undefined : `${expected}/libx.so.1`,
  )
})

test("musl's loader is its own C library under every name, and hands RUNPATH down", () => {
  const view = makeView({
    platform: AMD64,
    files: {
      ...muslRoot(AMD64),
      'opt/libfirst.so': { elf: library(AMD64, { needed: ['libsecond.so'] }) },
      'opt/libsecond.so': { elf: LIB },
      'opt/tool': { mode: 0o755, elf: muslProgram(AMD64, { needed: ['libfirst.so'], runpath: ['/opt'] }) },
    },
  })
  const tool = view.elfFiles.find(file => file.path === 'opt/tool') as ElfFile
  for (const name of ['libc.musl-x86_64.so.1', 'libc.so', 'libpthread.so.0', 'libc.so.6'])
    expect(view.findLibrary(name, tool).path).toBe('lib/ld-musl-x86_64.so.1')
  expect(view.findLibrary('libstdc++.so.6', tool).path).toBeUndefined()
  expect(view.traceStart(tool).missing).toEqual([])
})

test('a search in a root of made-up paths ends', () => {
  const many = Array.from({ length: 3000 }, (_, index) => `/${'x'.repeat(50)}${index}`)
  const view = makeView({
    platform: AMD64,
    files: {
      ...glibcRoot(AMD64),
      loop: { link: 'loop' },
      'etc/ld.so.conf': text(`include ${'*'.repeat(5000)}\ninclude /etc/*a*a*a*a*a*b\n/loop/x\n`),
      [`etc/${'a'.repeat(3000)}`]: {},
      'opt/tool': {
        mode: 0o755,
        elf: program(AMD64, {
          needed: Array.from({ length: 500 }, (_, index) => `lib${index}.so`),
          rpath: many,
        }),
      },
    },
  })
  const start = view.traceStart(view.elfFiles.find(file => file.path === 'opt/tool') as ElfFile)
  expect(start.missing).toHaveLength(500)
  expect(start.missing[0]?.answer.searched.length).toBeLessThan(200)
})
