import { type Command, InvalidArgumentError, Option } from 'commander'
import { BUILTIN_SUITES } from '../builtin/suite-names.js'
import { parseHostDeclaration } from '../config/host-declaration.js'
import type { ArchparityConfig } from '../config/schema.js'
import { findNearest } from '../config/validate.js'
import { AUDIT_RULE_IDS, type AuditRuleId, type RuleLevel } from '../model/audit.js'
import { parsePlatform } from '../model/platform.js'

/** Flags that set what the configuration file can set too, as commander gives them. */
export interface SettingFlags {
  readonly platform?: readonly string[]
  readonly reference?: string
  readonly suites?: readonly string[]
  readonly reports?: string
  readonly insecureRegistry?: readonly string[]
  readonly concurrency?: number
  readonly pullConcurrency?: number
  readonly commandTimeout?: number
  readonly checkTimeout?: number
  readonly startTimeout?: number
  readonly maxOutput?: number
  readonly retry?: number
  readonly isolate?: boolean
  readonly normalize?: readonly unknown[]
  readonly difference?: readonly unknown[]
  readonly builtin?: ArchparityConfig['builtinSuites']
  readonly noise?: boolean
  readonly start?: ArchparityConfig['start']
  readonly foreignProgram?: readonly string[]
  readonly audit?: boolean
  readonly auditCache?: boolean
  readonly rule?: readonly RuleChoice[]
  readonly host?: readonly string[]
  readonly local?: boolean
  readonly execution?: ArchparityConfig['execution']
  readonly everyHost?: boolean
  readonly cpu?: readonly CpuChoice[]
  readonly copyImages?: ArchparityConfig['copyImages']
  readonly timeoutScale?: ArchparityConfig['timeoutScale']
}

/** `--cpu linux/arm64=cortex-a72` */
export interface CpuChoice {
  readonly platform: string
  readonly model: string
}

/** `--rule foreign-elf` asks for that rule alone, `--rule page-size=off` sets how much it matters. */
export interface RuleChoice {
  readonly rule: AuditRuleId
  readonly level?: RuleLevel
}

/** Flags that choose among the image's platforms and say how registries are spoken to. */
export function addImageOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default: archparity.config.ts, if there is one)')
    .option(
      '--platform <list>',
      'only these platforms, e.g. linux/amd64,linux/arm64; !linux/386 leaves one out',
      readPlatformChoice,
    )
    .option(
      '--reference <platform>',
      'platform that the others are compared with (default: the native one)',
      readPlatform,
    )
    .option(
      '--insecure-registry <host>',
      'registry that may be spoken to without verified TLS (repeatable)',
      collect,
    )
}

/** Flags that say which engines take part. */
export function addHostOptions(command: Command): Command {
  return command
    .option(
      '--host <host>',
      'engine to run on: [NAME=]ssh://user@host, tcp://host:port,tls=FOLDER, unix:///path, context:NAME or buildx:BUILDER; add ,platform=P ,concurrency=N (repeatable)',
      readHost,
    )
    .option('--no-local', 'leave out the engine of this machine')
}

/** Flags that say how platforms are spread over the hosts. */
export function addPlanOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--execution <how>',
        'auto: natively where a host can, else emulated; both: natively and emulated (default: auto)',
      ).choices(['auto', 'native', 'emulated', 'both']),
    )
    .option('--every-host', 'hosts of one platform each run all suites, and do not share them')
    .option(
      '--cpu <platform=model>',
      'also emulate the platform with this CPU model of QEMU, e.g. linux/arm64=cortex-a72 (repeatable)',
      readCpu,
    )
}

/** Flags of the static audit, which a run has too. */
export function addAuditOptions(command: Command): Command {
  return command
    .option(
      '--rule <rule[=level]>',
      'only this rule of the audit, or its level: off, note, warning, error (repeatable)',
      readRuleChoice,
    )
    .option('--no-audit-cache', 'read every layer again, and keep nothing for the next audit')
    .option(
      '--foreign-program <path>',
      'program that may be of another architecture; /opt/emu/* for all below (repeatable)',
      collect,
    )
}

/** Flags of a run, each the twin of a setting of the configuration file. */
export function addRunOptions(command: Command): Command {
  return command
    .option(
      '--suites <glob>',
      'suite files (repeatable; default: suites/**/*.suite.{ts,js,json}, suites/**/*.{yaml,yml} and suites/**/run.sh)',
      collect,
    )
    .option('--reports <directory>', 'where reports are written (default: reports)')
    .option('-t, --test-name-pattern <regex>', 'only checks whose full name matches', readRegExp)
    .option('--isolate', 'give each command of a declared suite a container of its own')
    .option(
      '--builtin <list>',
      `suites that archparity brings along: auto (where there is no suite file), all, off, or ${BUILTIN_SUITES.join(',')} (default: auto)`,
      readBuiltin,
    )
    .option('--normalize <json>', 'a rule of `normalize`, as JSON (repeatable)', collectJson)
    .option('--difference <json>', 'a declaration of `differences`, as JSON (repeatable)', collectJson)
    .option('--retry <times>', 'try a failed check again', readCount(0, 20))
    .option('--no-noise', 'do not run the suites twice on the reference platform')
    .addOption(new Option('--start <how>', 'how containers start').choices(['auto', 'image', 'idle']))
    .option(
      '--concurrency <files>',
      'suite files that run at the same time (default: twice the engine’s CPUs)',
      readCount(1, 256),
    )
    .option('--pull-concurrency <images>', 'images pulled at the same time (default: 3)', readCount(1, 64))
    .option('--command-timeout <time>', 'for one command, e.g. 90s or 2m (default: 60s)', readTime)
    .option('--check-timeout <time>', 'for one check (default: 120s)', readTime)
    .option('--start-timeout <time>', 'until a container is ready (default: 60s)', readTime)
    .option('--max-output <size>', 'bytes kept of each output, e.g. 64k or 4m (default: 1m)', readSize)
    .addOption(
      new Option(
        '--copy-images <when>',
        'copy images to hosts through this machine (default: never)',
      ).choices(['never', 'fallback', 'always']),
    )
    .option(
      '--timeout-scale <factor>',
      'how much longer everything may take on slower targets (default: as measured)',
      readScale,
    )
    .option('--no-audit', 'do not read the layers before the suites run')
}

/** The settings that flags give; what was not said is left out. */
export function readSettings(flags: SettingFlags): ArchparityConfig {
  const include = flags.platform?.filter(each => !each.startsWith('!'))
  const exclude = flags.platform?.filter(each => each.startsWith('!')).map(each => each.slice(1))
  const config: ArchparityConfig = {
    ...(include?.length ? { platforms: include } : {}),
    ...(exclude?.length ? { excludePlatforms: exclude } : {}),
    ...pick(
      flags,
      'reference',
      'suites',
      'reports',
      'concurrency',
      'pullConcurrency',
      'commandTimeout',
      'checkTimeout',
    ),
    ...pick(flags, 'startTimeout', 'maxOutput', 'retry', 'start', 'isolate'),
    ...pick(flags, 'execution', 'everyHost', 'copyImages', 'timeoutScale'),
    ...(flags.builtin === undefined ? {} : { builtinSuites: flags.builtin }),
    ...(flags.host === undefined ? {} : { hosts: flags.host }),
    ...(flags.cpu === undefined ? {} : { cpuModels: groupCpus(flags.cpu) }),
    ...(flags.insecureRegistry === undefined ? {} : { insecureRegistries: flags.insecureRegistry }),
    ...(flags.foreignProgram === undefined ? {} : { foreignPrograms: flags.foreignProgram }),
    // A flag's own default is true, which must not overrule the file.
    ...(flags.noise === false ? { noise: false } : {}),
    ...(flags.audit === false ? { audit: false } : {}),
    ...(flags.local === false ? { localHost: false } : {}),
    ...(flags.auditCache === false ? { auditCache: false } : {}),
    // What they hold is checked with the configuration.
    ...(flags.normalize === undefined
      ? {}
      : { normalize: flags.normalize as NonNullable<ArchparityConfig['normalize']> }),
    ...(flags.difference === undefined
      ? {}
      : { differences: flags.difference as NonNullable<ArchparityConfig['differences']> }),
    ...(flags.rule === undefined ? {} : { auditRules: readRules(flags.rule) }),
  }
  return config
}

function pick<T extends object, K extends keyof T>(object: T, ...keys: K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    keys.filter(key => object[key] !== undefined).map(key => [key, object[key]]),
  ) as Partial<Pick<T, K>>
}

function groupCpus(choices: readonly CpuChoice[]): Record<string, string[]> {
  const models: Record<string, string[]> = {}
  for (const { platform, model } of choices) models[platform] = [...(models[platform] ?? []), model]
  return models
}

/** Rules that are named without a level leave all others out. */
function readRules(choices: readonly RuleChoice[]): ArchparityConfig['auditRules'] {
  const only = new Set(choices.filter(choice => choice.level === undefined).map(choice => choice.rule))
  const others = only.size === 0 ? [] : AUDIT_RULE_IDS.filter(rule => !only.has(rule))
  return {
    ...Object.fromEntries(others.map(rule => [rule, 'off'])),
    ...Object.fromEntries(choices.flatMap(({ rule, level }) => (level === undefined ? [] : [[rule, level]]))),
  }
}

const LEVELS: readonly RuleLevel[] = ['off', 'note', 'warning', 'error']

function readRuleChoice(text: string, previous: RuleChoice[] | undefined): RuleChoice[] {
  const [name, given, ...rest] = text.split('=')
  const rule = AUDIT_RULE_IDS.find(id => id === name)
  if (rule === undefined) {
    const near = findNearest(name ?? '', AUDIT_RULE_IDS)
    throw new InvalidArgumentError(
      near === undefined ? `Rules are: ${AUDIT_RULE_IDS.join(', ')}.` : `Did you mean ${near}?`,
    )
  }
  const level = LEVELS.find(each => each === given)
  if (rest.length > 0 || (given !== undefined && level === undefined)) {
    throw new InvalidArgumentError(`A level is one of ${LEVELS.join(', ')}: ${rule}=off.`)
  }
  return [...(previous ?? []), { rule, ...(level === undefined ? {} : { level }) }]
}

function collect(text: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), text]
}

function collectJson(text: string, previous: unknown[] | undefined): unknown[] {
  try {
    return [...(previous ?? []), JSON.parse(text)]
  } catch (error) {
    throw new InvalidArgumentError(`Write JSON: ${(error as Error).message}`)
  }
}

function readPlatform(text: string): string {
  if (parsePlatform(text) === undefined) {
    throw new InvalidArgumentError(
      'Write os/architecture[/variant], for example linux/arm64 or linux/arm/v7.',
    )
  }
  return text
}

function readPlatformChoice(text: string, previous: string[] | undefined): string[] {
  const each = text.split(',').filter(part => part !== '')
  if (each.length === 0) throw new InvalidArgumentError('It is empty; write for example linux/arm64.')
  for (const part of each) readPlatform(part.replace(/^!/, ''))
  return [...(previous ?? []), ...each]
}

function readHost(text: string, previous: string[] | undefined): string[] {
  const read = parseHostDeclaration(text)
  if (typeof read === 'string') throw new InvalidArgumentError(`${read}.`)
  return [...(previous ?? []), text]
}

function readCpu(text: string, previous: CpuChoice[] | undefined): CpuChoice[] {
  const [, platform = '', model = ''] = /^([^=]+)=([\w.,+-]{1,60})$/.exec(text) ?? []
  if (parsePlatform(platform) === undefined) {
    throw new InvalidArgumentError('Write PLATFORM=MODEL, for example linux/arm64=cortex-a72.')
  }
  return [...(previous ?? []), { platform, model }]
}

function readScale(text: string): number | 'measured' {
  const value = Number(text)
  if (text === 'measured') return text
  if (/^\d+(\.\d+)?$/.test(text) && value >= 1 && value <= 1000) return value
  throw new InvalidArgumentError('Write measured, or a number from 1 to 1000.')
}

function readBuiltin(text: string): ArchparityConfig['builtinSuites'] {
  if (text === 'auto' || text === 'all' || text === 'off') return text
  return text.split(',').map(name => {
    const suite = BUILTIN_SUITES.find(each => each === name)
    if (suite === undefined) {
      throw new InvalidArgumentError(`Write auto, all, off, or names of: ${BUILTIN_SUITES.join(', ')}.`)
    }
    return suite
  })
}

function readRegExp(text: string): string {
  try {
    new RegExp(text)
    return text
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function readCount(min: number, max: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function readTime(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  const value = match === null ? 0 : Math.round(Number(match[1]) * (TIME_UNITS[match[2] ?? 'ms'] ?? 1))
  if (value >= 1 && value <= 24 * 3_600_000) return value
  throw new InvalidArgumentError('Write a number with ms, s, m or h, at most a day: 500ms, 90s, 2m.')
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2 }

function readSize(text: string): number {
  const match = /^(\d+)(k|m)?b?$/i.exec(text)
  const value = match === null ? 0 : Number(match[1]) * (SIZE_UNITS[(match[2] ?? '').toLowerCase()] ?? 1)
  if (value >= 1 && value <= 256 * 1024 ** 2) return value
  throw new InvalidArgumentError('Write bytes, or a number with k or m, at most 256m.')
}
