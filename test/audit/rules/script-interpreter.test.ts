import { describe, expect, test } from 'vitest'
import type { Package } from '../../../src/audit/inventory.js'
import {
  audit,
  glibcRoot,
  nodePackage,
  PLATFORM_RULES,
  type SyntheticFile,
  type SyntheticFiles,
  type SyntheticPlatform,
  show,
  staticProgram,
} from '../synthetic.js'

const AMD64 = 'linux/amd64'
const ARM64 = 'linux/arm64'
const script = (shebang: string, mode = 0o755): SyntheticFile => ({ mode, shebang, text: true })

/** A script on two platforms; arm64 lacks what it asks for. */
function compare(files: SyntheticFiles, onlyAmd64: SyntheticFiles, options: Partial<SyntheticPlatform> = {}) {
  return show(
    audit(
      [AMD64, ARM64].map(platform => ({
        platform,
        files: { ...glibcRoot(platform), ...files, ...(platform === AMD64 ? onlyAmd64 : {}) },
        ...options,
      })),
      PLATFORM_RULES,
    ),
  )
}

const BASH = { 'usr/bin/bash': { mode: 0o755, elf: staticProgram(AMD64) } }
const ENV = { 'usr/bin/env': script('/bin/sh') }

describe('an interpreter that one platform lacks', () => {
  const lacks = (what: string, where = 'which is not in the image') =>
    `warning script-interpreter linux/arm64: /opt/run asks for ${what}, ${where}`
  test.each<[string, SyntheticFiles, SyntheticFiles, string[]]>([
    ['by path', { 'opt/run': script('/bin/bash -e') }, BASH, [lacks('/bin/bash')]],
    ['with blanks before it', { 'opt/run': script(' \t/bin/bash') }, BASH, [lacks('/bin/bash')]],
    [
      'by env',
      { ...ENV, 'opt/run': script('/usr/bin/env bash') },
      BASH,
      [lacks('bash', 'which is not in PATH')],
    ],
    [
      'by env -S',
      { ...ENV, 'opt/run': script('/usr/bin/env -S A=1 bash -e') },
      BASH,
      [lacks('bash', 'which is not in PATH')],
    ],
    [
      'that is a link to nothing',
      { 'opt/run': script('/bin/bash'), 'usr/bin/bash': { link: 'gone' } },
      BASH,
      [lacks('/bin/bash')],
    ],
    [
      'two scripts',
      { 'opt/a': script('/bin/bash'), 'opt/b': script('/bin/bash') },
      BASH,
      ['warning script-interpreter linux/arm64: 2 scripts ask for /bin/bash, which is not in the image'],
    ],
    ['that is there', { 'opt/run': script('/bin/sh') }, BASH, []],
    ['of a file that nobody can start', { 'opt/run': script('/bin/bash', 0o644) }, BASH, []],
    ['of an example', { 'usr/share/doc/x/run': script('/bin/bash') }, BASH, []],
    ['by a relative name', { 'opt/run': script('python') }, {}, []],
    [
      'in a root inside the root',
      {
        'srv/guest/lib/ld-linux-aarch64.so.1': { elf: staticProgram(ARM64) },
        'srv/guest/bin/x': script('/bin/bash'),
      },
      {},
      [],
    ],
  ])('%s', (_, files, onlyAmd64, expected) => {
    expect(compare(files, onlyAmd64)).toEqual(expected)
  })
})

test('carriage returns are an error where the image starts the script, and visible', () => {
  const files = { ...glibcRoot(AMD64), 'opt/run': script('/bin/sh\r') }
  const start = { config: { entrypoint: ['/opt/run'] } }
  expect(show(audit([{ platform: AMD64, files, ...start }], PLATFORM_RULES))).toEqual([
    'error script-interpreter linux/amd64: /opt/run asks for /bin/sh\\r, for its first line ends with CR LF',
  ])
})

test('the interpreter of what the image starts is an error, the same everywhere or not', () => {
  const config = { entrypoint: ['/opt/run'] }
  expect(compare({ 'opt/run': script('/bin/bash') }, {}, { config })).toEqual([
    'error script-interpreter linux/amd64 linux/arm64: /opt/run asks for /bin/bash, which is not in the image',
  ])
})

test('what is the same everywhere is a note, and nothing where a package brought it', () => {
  expect(compare({ 'opt/run': script('/bin/bash') }, {})).toEqual([
    'note script-interpreter linux/amd64 linux/arm64: /opt/run asks for /bin/bash, which is not in the image',
  ])
  const owner: Package = { ecosystem: 'node', name: 'x', version: '1.0.0' }
  const files = {
    'app/node_modules/x/package.json': nodePackage('x'),
    'app/node_modules/x/bin/run': script('/bin/bash'),
    'usr/lib/python3.11/cgi.py': script('/usr/local/bin/python'),
  }
  expect(compare(files, {}, { packages: [owner] })).toEqual([])
})

test('PATH of the image decides what env finds', () => {
  const files = {
    ...glibcRoot(AMD64),
    ...ENV,
    'opt/bin/tool': { mode: 0o755, elf: staticProgram(AMD64) },
    run: script('/usr/bin/env tool'),
  }
  const judge = (env: string[]) =>
    show(audit([{ platform: AMD64, files, config: { env, command: ['/run'] } }], PLATFORM_RULES))
  expect(judge(['PATH=/opt/bin:/bin'])).toEqual([])
  expect(judge([])).toEqual([
    'error script-interpreter linux/amd64: /run asks for tool, which is not in PATH',
  ])
})

test('concludes nothing from a layer that was not read, and shows no control characters', () => {
  const files = { ...glibcRoot(AMD64), 'opt/run': script('/bin/\u001b[31mbash') }
  expect(show(audit([{ platform: AMD64, files, complete: false }], PLATFORM_RULES))).toEqual([])
  const [finding] = audit([{ platform: AMD64, files }], PLATFORM_RULES)
  expect(JSON.stringify([finding?.title, finding?.evidence[0]?.text])).not.toContain('\\u001b[31m"')
  expect(finding?.title).toContain('\\u001b')
})
