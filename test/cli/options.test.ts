import { Command, CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import {
  addAuditOptions,
  addHostOptions,
  addImageOptions,
  addPlanOptions,
  addRunOptions,
  readSettings,
  type SettingFlags,
} from '../../src/cli/options.js'
import { DEFAULTS } from '../../src/config/schema.js'
import { validateConfig } from '../../src/config/validate.js'

/** The flags of a command line, read as `run` reads them; what is wrong with it goes into `complaint`. */
function parse(...args: string[]) {
  let complaint = ''
  let flags: SettingFlags = {}
  let operands: string[] = []
  const command = new Command('run')
    .argument('[image]')
    .argument('[suite...]')
    .exitOverride()
    .configureOutput({
      writeErr: text => {
        complaint += text
      },
    })
    .action((image, suites, given) => {
      operands = [image, ...suites].filter(each => each !== undefined)
      flags = given
    })
  addAuditOptions(addRunOptions(addPlanOptions(addHostOptions(addImageOptions(command)))))
  try {
    command.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
  }
  return { settings: readSettings(flags), operands, complaint }
}

test('no flag sets nothing, so that the configuration file stands', () => {
  expect(parse('acme/app:1')).toEqual({ settings: {}, operands: ['acme/app:1'], complaint: '' })
})

test.each<[string[], object]>([
  [['--platform', 'linux/arm64'], { platforms: ['linux/arm64'] }],
  [['--platform', 'arm64,linux/amd64'], { platforms: ['arm64', 'linux/amd64'] }],
  [['--platform', 'arm64', '--platform', 'amd64'], { platforms: ['arm64', 'amd64'] }],
  [['--platform', '!linux/386'], { excludePlatforms: ['linux/386'] }],
  [['--platform', 'arm64,!386'], { platforms: ['arm64'], excludePlatforms: ['386'] }],
  [['--reference', 'linux/arm/v7'], { reference: 'linux/arm/v7' }],
  [['--suites', 'a/*.ts', '--suites', 'b/*.ts'], { suites: ['a/*.ts', 'b/*.ts'] }],
  [['--reports', 'out'], { reports: 'out' }],
  [['--insecure-registry', 'a:1', '--insecure-registry', 'b'], { insecureRegistries: ['a:1', 'b'] }],
  [['--concurrency', '4'], { concurrency: 4 }],
  [['--pull-concurrency', '1'], { pullConcurrency: 1 }],
  [['--retry', '0'], { retry: 0 }],
  [['--no-noise'], { noise: false }],
  [['--no-audit'], { audit: false }],
  [['--no-audit-cache'], { auditCache: false }],
  [['--rule', 'page-size=off'], { auditRules: { 'page-size': 'off' } }],
  [
    ['--rule', 'page-size=error', '--rule', 'foreign-elf=note'],
    { auditRules: { 'page-size': 'error', 'foreign-elf': 'note' } },
  ],
  [['--start', 'idle'], { start: 'idle' }],
  [['--command-timeout', '500'], { commandTimeout: 500 }],
  [['--command-timeout', '500ms'], { commandTimeout: 500 }],
  [['--check-timeout', '90s'], { checkTimeout: 90_000 }],
  [['--check-timeout', '1.5m'], { checkTimeout: 90_000 }],
  [['--start-timeout', '24h'], { startTimeout: 86_400_000 }],
  [['--max-output', '100'], { maxOutput: 100 }],
  [['--max-output', '64k'], { maxOutput: 65_536 }],
  [['--max-output', '4M'], { maxOutput: 4_194_304 }],
  [['--max-output', '256mb'], { maxOutput: 268_435_456 }],
  [
    ['--foreign-program', '/opt/emu/*', '--foreign-program', '/bin/x'],
    { foreignPrograms: ['/opt/emu/*', '/bin/x'] },
  ],
])('%j', (args, expected) => {
  const { settings, complaint, operands } = parse(...args, 'image', 'suite')
  expect(complaint).toBe('')
  expect(operands).toEqual(['image', 'suite'])
  expect(settings).toEqual(expected)
  expect(validateConfig(settings, 'command line')).toEqual(expected)
})

describe('a bad value is refused, with the flag and what is allowed', () => {
  test.each([
    ['--platform', 'linux', 'os/architecture'],
    ['--platform', 'a/b/c/d', 'os/architecture'],
    ['--platform', ',', 'linux/arm64'],
    ['--platform', '!', 'os/architecture'],
    ['--reference', 'x/y/z/a', 'os/architecture'],
    ['--retry', '21', '0 to 20'],
    ['--retry', '-1', '0 to 20'],
    ['--retry', '1e1', 'whole number'],
    ['--concurrency', '0', '1 to 256'],
    ['--pull-concurrency', 'many', '1 to 64'],
    ['--command-timeout', '0', '500ms'],
    ['--command-timeout', '25h', 'a day'],
    ['--command-timeout', '1d', 'a day'],
    ['--check-timeout', 'soon', '90s'],
    ['--start-timeout', '-5s', '90s'],
    ['--max-output', '257m', '256m'],
    ['--max-output', '0', '256m'],
    ['--max-output', '1.5k', '256m'],
    ['--start', 'now', 'auto, image, idle'],
    ['--execution', 'fast', 'auto, native, emulated, both'],
    ['--copy-images', 'yes', 'never, fallback, always'],
    ['--host', 'pi=ssh://pi4,port=22', 'platform='],
    ['--cpu', 'cortex-a72', 'linux/arm64=cortex-a72'],
    ['--timeout-scale', '0.5', '1 to 1000'],
    ['-t', '(', 'regular expression'],
  ])('%s %s', (flag, value, allowed) => {
    const { complaint } = parse(`${flag}${flag.startsWith('--') ? '=' : ''}${value}`)
    expect(complaint).toContain(`${flag}`)
    expect(complaint).toContain(`'${value}'`)
    expect(complaint).toContain(allowed)
  })

  test('an unknown flag, with the one that was meant', () => {
    expect(parse('--platfrom', 'x').complaint).toMatch(
      /unknown option '--platfrom'\n\(Did you mean --platform\?\)/,
    )
  })
})

test('every setting but the image can be set by a flag', () => {
  const { settings } = parse(
    ...[
      '--platform',
      'arm64,!386',
      '--reference',
      'arm64',
      '--suites',
      's',
      '--reports',
      'r',
      '--start',
      'image',
    ],
    ...[
      '--insecure-registry',
      'h',
      '--concurrency',
      '1',
      '--pull-concurrency',
      '1',
      '--retry',
      '1',
      '--no-noise',
    ],
    ...['--command-timeout', '1s', '--check-timeout', '1s', '--start-timeout', '1s', '--max-output', '1k'],
    ...['--foreign-program', '/x', '--no-audit', '--no-audit-cache', '--rule', 'page-size=off'],
    ...['--host', 'pi=ssh://pi4', '--no-local', '--execution', 'both', '--every-host', '--cpu', 'arm64=max'],
    ...['--copy-images', 'fallback', '--timeout-scale', '2', '--isolate', '--builtin', 'all'],
    ...['--normalize', '{"name":"a","pattern":"b","replace":"c"}', '--difference', '{"reason":"d"}'],
  )
  const optional = ['platforms', 'reference', 'concurrency']
  expect(Object.keys(settings).sort()).toEqual([...Object.keys(DEFAULTS), ...optional].sort())
})

test('a rule without a level is asked for alone', () => {
  const { auditRules = {} } = parse('--rule', 'foreign-elf', '--rule', 'page-size=note').settings
  expect(auditRules).toMatchObject({ 'page-size': 'note', 'missing-library': 'off' })
  expect(auditRules).not.toHaveProperty('foreign-elf')
})

test.each([
  ['foreign-elff', 'Did you mean foreign-elf?'],
  ['nonsense', 'Rules are: unreadable-layer'],
  ['page-size=loud', 'A level is one of off, note, warning, error'],
  ['page-size=', 'A level is one of'],
  ['page-size=off=off', 'A level is one of'],
])('the rule %s is refused with what is allowed', (text, complaint) => {
  expect(parse('--rule', text).complaint).toContain(complaint)
})
