import { describe, expect, test } from 'vitest'
import { ArchparityError } from '../../../src/errors.js'
import type { GossSuite } from '../../../src/suites/goss/goss-suite.js'
import { readDeclaredSuite } from '../../../src/suites/suite-formats.js'

interface Files {
  readonly [name: string]: string
}

function read(
  text: string,
  options: { file?: string; files?: Files; env?: Record<string, string>; warn?: (text: string) => void } = {},
): GossSuite {
  const { file = 'suites/goss.yaml', files = {}, env = {} } = options
  const declared = readDeclaredSuite(file, text, options.warn, {
    readText: name => files[name],
    // Enough of globs for these tests.
    listFiles: glob => {
      const [start = '', end = ''] = glob.split('*')
      return Object.keys(files).filter(name => name.startsWith(start) && name.endsWith(end))
    },
    env,
  })
  if (declared.format !== 'goss') throw new Error(`it was taken for ${declared.format}`)
  return declared.suite
}

function catchError(text: string, options?: Parameters<typeof read>[1]): ArchparityError {
  try {
    read(text, options)
  } catch (error) {
    expect(error).toBeInstanceOf(ArchparityError)
    expect((error as ArchparityError).code).toBe('SUITE_INVALID')
    return error as ArchparityError
  }
  throw new Error('it was taken')
}

describe('what it takes', () => {
  test('resources in the order of their lines, with the names that goss gives them', () => {
    const { checks } = read(`
file:
  /etc/passwd: { exists: true }
  other: { path: /etc/group, exists: true }
command:
  ls: { exit-status: 0 }
  same: { exec: same, exit-status: 0 }
http:
  "http://localhost:8080/": { status: 200, title: the front page }
`)
    expect(checks.map(({ line, name, subject }) => `${line} ${name} → ${subject}`)).toEqual([
      '3 File: /etc/passwd → /etc/passwd',
      '4 File: other: /etc/group → /etc/group',
      '6 Command: ls → ls',
      '7 Command: same → same',
      '9 HTTP: http://localhost:8080/ → http://localhost:8080/',
    ])
    expect(checks.at(-1)).toMatchObject({ title: 'the front page', timeoutMs: 5000, skip: false })
  })

  test('numbers, texts and lists as goss reads them', () => {
    const { checks } = read(`
file:
  /a: { exists: true, mode: 0644, size: 0x10, contents: [] }
user:
  a: { exists: true, uid: "0", gid: { gt: 5 }, home: ~ }
command:
  x: { exit-status: "3", stdout: [a, "!b"], stderr: "", timeout: 250, skip: yes }
`)
    expect(checks.map(({ attributes }) => attributes)).toEqual([
      [
        { name: 'exists', matcher: true },
        { name: 'mode', matcher: 420 },
        { name: 'size', matcher: 16 },
      ],
      [
        { name: 'exists', matcher: true },
        { name: 'uid', matcher: 0 },
        { name: 'gid', matcher: { gt: 5 } },
      ],
      [
        { name: 'exit-status', matcher: 3 },
        { name: 'stdout', matcher: ['a', '!b'] },
        { name: 'stderr', matcher: '' },
      ],
    ])
    expect(checks[2]).toMatchObject({ timeoutMs: 250, skip: true })
  })

  test('a mode that is no text, with a word of warning', () => {
    const warnings: string[] = []
    read('file:\n  /a:\n    exists: true\n    mode: 0644\n', { warn: text => warnings.push(text) })
    expect(warnings).toEqual([
      'suites/goss.yaml:4: file./a.mode: is the number 420, and modes are texts, here as in goss: write it in quotation marks',
    ])
  })

  test('attributes by their older names', () => {
    const { checks } = read(
      'dns:\n  a: { resolveable: true }\nfile:\n  /a: { exists: true, contains: [x] }\n',
    )
    expect(checks.map(({ attributes }) => attributes.map(({ name }) => name))).toEqual([
      ['resolvable'],
      ['exists', 'contents'],
    ])
  })

  test('anchors, merge keys, meta and JSON', () => {
    const { checks } = read(`
file:
  /a: &common { exists: true, owner: root, meta: { any: [thing] } }
  /b: { <<: *common, owner: app }
`)
    expect(checks[1]?.attributes).toEqual([
      { name: 'exists', matcher: true },
      { name: 'owner', matcher: 'app' },
    ])
    const json = read('{\n"port": {\n"tcp:80": {"listening": true}}}', { file: 'suites/a.suite.json' })
    expect(json.checks).toMatchObject([{ name: 'Port: tcp:80', line: 3 }])
  })

  test('every matcher, nested', () => {
    const matcher =
      '{and: [{or: [a, 1, true]}, {not: {have-len: 3}}, {have-prefix: a}, {have-suffix: b}, {match-regexp: "^a"}, {contain-substring: a}, {contain-element: {gt: 1}}, {contain-elements: [{ge: 1}]}, {consist-of: [{lt: 1}, {le: 2}]}, {have-key: a}, {equal: [1]}, {have-patterns: ["/a/"]}, {semver-constraint: ">1.0.0"}, {gjson: {a.b: c}}]}'
    const { checks } = read(`matching:\n  a: { content: 1, matches: ${matcher} }\n`)
    expect(Object.keys(checks[0]?.attributes[0].matcher ?? {})).toEqual(['and'])
  })
})

describe('what is wrong, or not supported, is told with its line', () => {
  test.each([
    ['kernel-param: { a: { value: 1 } }', 1, 'kernel-param: is not supported: the kernel is the host’s'],
    ['service:\n  a: { running: true }', 1, 'service: is not supported: containers have no init system'],
    ['mount:\n  /: { exists: true }', 1, 'mount: is not supported'],
    ['interface:\n  eth0: { exists: true }', 1, 'interface: is not supported'],
    ['gossfile:\n  a.yaml: {}', 2, 'gossfile.a.yaml: there is no file suites/a.yaml'],
    ['gossfile:\n  /etc/goss.d/*.yaml: {}', 2, 'is absolute: name a file beside this one'],
    ['gossfile:\n  a.yaml: { fiel: b }', 2, 'fiel: is not known'],
    ['gossfile:\n  a.yaml: { skip: true }', 1, 'declares no check'],
    ['file:\n  /a: { exists: true }\nfiles:\n  b: {}', 3, 'files: is no resource of goss'],
    [
      'file:\n  /a:\n    exists: true\n    moed: "0644"',
      4,
      'file./a.moed: is not known; known are exists, mode',
    ],
    ['file:\n  /a:\n    mode: "0644"', 2, 'file./a.exists: must be given'],
    ['file:\n  /a:\n    exists: ~', 3, 'file./a.exists: must be given'],
    ['file:\n  /a: 5', 2, 'file./a: must be a mapping'],
    ['file:\n  a: { exists: true }', 2, 'file.a: must be an absolute path'],
    ['file:\n  /proc/cpuinfo: { exists: true }', 2, 'file./proc/cpuinfo: is the kernel’s'],
    ['file:\n  /a: { exists: true, contents: [1] }', 2, 'contents[0]: must be a text'],
    ['file:\n  /a: { exists: true, contents: ["/[/"] }', 2, 'contents[0]: error parsing regexp'],
    ['file:\n  /a:\n    exists: true\n    size: { more-than: 5 }', 4, 'size.more-than: is no matcher'],
    [
      'file:\n  /a: { exists: true, size: { gt: 1, lt: 5 } }',
      2,
      'size: has several matchers in one place: gt, lt',
    ],
    ['file:\n  /a: { exists: true, size: { gt: x } }', 2, 'size.gt: must be a number'],
    ['file:\n  /a: { exists: true, size: {} }', 2, 'size: must be a value or a matcher'],
    ['file:\n  /a: { exists: true, owner: { match-regexp: "[" } }', 2, 'match-regexp: error parsing regexp'],
    ['file:\n  /a: { exists: true, owner: { have-prefix: 1 } }', 2, 'have-prefix: must be a text'],
    ['file:\n  /a: { exists: true, owner: { and: a } }', 2, 'and: must be a list of matchers'],
    [
      'matching:\n  a: { matches: { semver-constraint: x } }',
      2,
      'semver-constraint: "x" is no semantic version',
    ],
    ['matching:\n  a: { matches: { gjson: { "a|b": 1 } } }', 2, 'of gjson’s syntax is not supported'],
    ['matching:\n  a: { matches: { contain-element: [1] } }', 2, 'must be a matcher, a text or a number'],
    ['http:\n  https://localhost/: { status: 200 }', 2, 'https is not supported'],
    ['http:\n  http://example.org/: { status: 200 }', 2, 'example.org is not the container'],
    ['http:\n  nonsense: { status: 200 }', 2, 'must be a URL'],
    ['http:\n  http://localhost/: { status: 200, proxy: http://a }', 2, 'proxy: is not supported'],
    ['http:\n  http://localhost/: { status: 200, ca-file: a }', 2, 'ca-file: https is not supported'],
    [
      'http:\n  http://localhost/: { status: 200, request-headers: [a] }',
      2,
      'request-headers: "a" is not "Name: value"',
    ],
    ['port:\n  tcp:99999: { listening: true }', 2, 'must be a port such as tcp:80'],
    ['port:\n  sctp:9: { listening: true }', 2, 'must be a port such as tcp:80'],
    ['addr:\n  udp://localhost:53: { reachable: true }', 2, 'udp is not supported'],
    ['addr:\n  localhost: { reachable: true }', 2, 'must be tcp://host:port'],
    ['addr:\n  a:1: { reachable: true, local-address: b }', 2, 'local-address: is not supported'],
    ['dns:\n  MX:a.example: { resolvable: true }', 2, 'MX records need a server'],
    ['dns:\n  HINFO:a.example: { resolvable: true, server: 1.2.3.4 }', 2, 'HINFO is no record type'],
    ['command:\n  a: { exit-status: 0, timeout: soon }', 2, 'timeout: must be a number of milliseconds'],
    ['command:\n  a: { exit-status: 0, skip: maybe }', 2, 'skip: must be true or false'],
    ['file: {}\n', 1, 'declares no check'],
    ['file:\n  /a: { exists: true }\n  /a: { exists: true }', 3, 'Map keys must be unique'],
    ['file: &a\n  /a: { exists: true, meta: *a }', 1, 'its aliases make it too large'],
  ])('%s', (text, line, message) => {
    const error = catchError(text)
    expect(error.message).toContain(message)
    expect(error.message.startsWith(`suites/goss.yaml:${line}: `), error.message).toBe(true)
  })
})

describe('which tool a file is for', () => {
  test('is told by its keys, whatever it is called', () => {
    expect(read('user:\n  a: { exists: true }\n', { file: 'suites/app.yaml' }).checks).toHaveLength(1)
    expect(() => read('schemaVersion: "2.0.0"\nmetadataTest: { workdir: / }\n')).toThrow(
      'taken for structure-test',
    )
  })

  test('is asked where it has keys of both', () => {
    const error = catchError('schemaVersion: "2.0.0"\nfile:\n  /a: { exists: true }\n', {
      file: 'suites/a.yaml',
    })
    expect(error.message).toBe(
      'suites/a.yaml:2: holds schemaVersion, which is container-structure-test’s, and file, which is goss’s',
    )
  })

  test('is told to nobody who has keys of neither', () => {
    const error = catchError('# mine\nusers: [a]\n', { file: 'suites/vars.yaml' })
    expect(error.message).toBe(
      'suites/vars.yaml:2: users: is neither container-structure-test’s nor goss’s, so this is no suite',
    )
    expect(error.hint).toContain('goss_vars.yaml')
    expect(catchError('fil:\n  /a: { exists: true }\n').message).toContain(
      'goss.yaml:1: fil: is no resource of goss',
    )
  })
})

describe('templates', () => {
  const TEMPLATE = 'user:\n{{- range .Vars.users }}\n  {{ . }}:\n    exists: true\n{{- end }}\n'

  test('take variables from goss_vars.yaml beside them, and keep their lines', () => {
    const { checks } = read(TEMPLATE, { files: { 'suites/goss_vars.yaml': 'users: [ann, bob]\n' } })
    expect(checks.map(({ name, line }) => `${name} ${line}`)).toEqual(['User: ann 3', 'User: bob 3'])
  })

  test('take them from what GOSS_VARS names, beside them or in the root, and from GOSS_VARS_INLINE over that', () => {
    const names = (env: Record<string, string>, files: Files) =>
      read(TEMPLATE, { env, files }).checks.map(({ subject }) => subject)
    const both = {
      'suites/v.yaml': 'users: [beside]',
      'v.yaml': 'users: [root]',
      'suites/goss_vars.yaml': 'users: [x]',
    }
    expect(names({ GOSS_VARS: 'v.yaml' }, both)).toEqual(['beside'])
    expect(names({ GOSS_VARS: 'v.yaml' }, { 'v.yaml': 'users: [root]' })).toEqual(['root'])
    expect(names({ GOSS_VARS_INLINE: '{"users": ["inline"]}' }, both)).toEqual(['inline'])
    expect(catchError(TEMPLATE, { env: { GOSS_VARS: 'lost.yaml' } }).message).toContain(
      'GOSS_VARS names lost.yaml',
    )
  })

  test('name what is not set, with its line and what is', () => {
    const error = catchError(TEMPLATE, { files: { 'suites/goss_vars.yaml': 'people: [ann]\n' } })
    expect(error.message).toBe('suites/goss.yaml:2: .Vars.users is not set')
    expect(error.hint).toContain('.Vars.people')
    expect(catchError('file:\n  {{ .Env.LOST }}: { exists: true }\n').message).toContain(
      'goss.yaml:2: .Env.LOST',
    )
  })

  test('keep lines in mistakes of what they become', () => {
    const text = 'user:\n{{ range mkSlice "a" "b" }}\n  {{ . }}:\n    exist: true\n{{ end }}\n'
    expect(catchError(text).message).toMatch(/^suites\/goss\.yaml:4: user\.a\.exist: is not known/)
    expect(catchError('{{/* one\ntwo\nthree */ -}}\nuser: [\n').message).toMatch(/^suites\/goss\.yaml:[45]: /)
  })
})

describe('gossfile', () => {
  const files = {
    'suites/goss.d/a.yaml': 'user:\n  {{ .Vars.name }}: { exists: true }\ngossfile:\n  ../more.yaml: {}\n',
    'suites/goss.d/b.yaml': 'group:\n  b: { exists: true }\n',
    'suites/more.yaml': '\nfile:\n  /m: { exists: true }\ngossfile:\n  goss.yaml: {}\n',
    'suites/goss_vars.yaml': 'name: ann\n',
    'suites/goss.yaml': 'never read again',
  }

  test('draws files in: each once, with the variables of the first, at the line that names them', () => {
    const suite = read(
      'port:\n  tcp:1: { listening: true }\ngossfile:\n  x: { file: goss.d/*.yaml }\n  more.yaml: {}\n',
      {
        files,
      },
    )
    expect(suite.included).toEqual(['suites/goss.d/a.yaml', 'suites/goss.d/b.yaml', 'suites/more.yaml'])
    expect(suite.checks.map(({ line, name, place }) => `${line} ${name} ${place ?? ''}`)).toEqual([
      '2 Port: tcp:1 ',
      '4 User: ann suites/goss.d/a.yaml:2',
      '4 File: /m suites/more.yaml:3',
      '4 Group: b suites/goss.d/b.yaml:2',
    ])
  })

  test('names the file that a mistake is in', () => {
    const wrong = { ...files, 'suites/goss.d/b.yaml': '\ngroup:\n  b: { exist: true }\n' }
    expect(catchError('gossfile:\n  goss.d/b.yaml: {}\n', { files: wrong }).message).toMatch(
      /^suites\/goss\.d\/b\.yaml:3: group\.b\.exist: is not known/,
    )
  })
})

describe('goss_wait.yaml', () => {
  const files = { 'suites/goss_wait.yaml': 'port:\n  tcp:80: { listening: true }\n' }

  test('is what must hold first, for as long and as often as GOSS_WAIT_OPTS says', () => {
    const text = 'file:\n  /a: { exists: true }\n'
    expect(read(text).wait).toBeUndefined()
    expect(read(text, { files }).wait).toMatchObject({
      file: 'goss_wait.yaml',
      checks: [{ name: 'Port: tcp:80', line: 2 }],
      limitMs: 30_000,
      pauseMs: 1000,
    })
    const env = { GOSS_WAIT_OPTS: '-r 2m --sleep=500ms > /dev/null' }
    expect(read(text, { files, env }).wait).toMatchObject({ limitMs: 120_000, pauseMs: 500 })
  })

  test('has its own name in errors', () => {
    const wrong = { 'suites/goss_wait.yaml': 'port:\n  tcp:80: { listenin: true }\n' }
    expect(catchError('file:\n  /a: { exists: true }\n', { files: wrong }).message).toMatch(
      /^suites\/goss_wait\.yaml:2: /,
    )
  })
})
