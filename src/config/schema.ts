import { z } from 'zod'
import { BUILTIN_SUITES, type BuiltinSuite } from '../builtin/suite-names.js'
import { AUDIT_RULE_IDS, type AuditRuleId, type RuleLevel } from '../model/audit.js'
import type { DeclaredDifference, NormalizeSetting } from '../model/declared.js'
import { parsePlatform } from '../model/platform.js'
import { declaredDifferences, normalizeSettings } from './comparison-settings.js'
import { type HostDeclaration, parseHostDeclaration } from './host-declaration.js'

const platform = z.string().refine(text => parsePlatform(text) !== undefined, {
  error: issue =>
    `${JSON.stringify(issue.input)} is no platform; write os/architecture[/variant], for example "linux/arm64"`,
})
const milliseconds = z
  .number()
  .int()
  .min(1)
  .max(24 * 3_600_000)
const nonEmpty = z.string().min(1)
const host = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.-]{1,40}$/, 'at most 40 letters, digits, dots, dashes and underscores')
      .optional(),
    endpoint: z
      .string()
      .regex(
        /^(local|(unix|npipe|ssh|tcp|http|https):\/\/.+|(context|buildx):[^/].*)$/,
        'local, unix:///path, ssh://[user@]host, tcp://host:port, context:NAME or buildx:BUILDER',
      ),
    platforms: z.array(platform).min(1).optional(),
    concurrency: z.number().int().min(1).max(256).optional(),
    tls: nonEmpty.optional(),
  })
  .refine(({ endpoint, tls }) => tls === undefined || !/^(unix|npipe|ssh):/.test(endpoint), {
    path: ['tls'],
    error: 'only for an engine behind tcp://',
  })

/**
 * Hosts are objects, or text in the short form of `--host`. No union, whose error would name neither key nor value.
 */
const hostDeclaration = z.unknown().transform((value, context): HostDeclaration => {
  const read = typeof value === 'string' ? parseHostDeclaration(value) : value
  const parsed = typeof read === 'string' ? undefined : host.safeParse(read)
  if (parsed?.success === true) {
    // A key that is undefined must not hide what a context or a builder says.
    const given = Object.entries(parsed.data).filter(([, each]) => each !== undefined)
    return Object.fromEntries(given) as unknown as HostDeclaration
  }
  const issues = parsed?.error.issues ?? [{ code: 'custom' as const, path: [], message: String(read) }]
  for (const issue of issues) {
    const message =
      issue.code === 'unrecognized_keys'
        ? `unknown ${issue.keys.map(key => JSON.stringify(key)).join(', ')}; a host has ${HOST_KEYS}`
        : issue.message
    // In the short form no key has a place of its own.
    const [path, key] = typeof value === 'string' ? [[], issue.path.join('.')] : [issue.path, '']
    context.issues.push({
      code: 'custom',
      message: key === '' ? message : `${key}: ${message}`,
      path,
      input: value,
    })
  }
  return z.NEVER
})
const HOST_KEYS = Object.keys(host.shape).join(', ')

/** Every setting, with what is allowed. Strict: an unknown key is an error, since a typing error must not pass. */
export const configSchema = z.strictObject({
  image: nonEmpty.optional(),
  suites: z.array(nonEmpty).min(1).optional(),
  platforms: z.array(platform).min(1).optional(),
  excludePlatforms: z.array(platform).optional(),
  reference: platform.optional(),
  reports: nonEmpty.optional(),
  insecureRegistries: z.array(nonEmpty).optional(),
  concurrency: z.number().int().min(1).max(256).optional(),
  pullConcurrency: z.number().int().min(1).max(64).optional(),
  commandTimeout: milliseconds.optional(),
  checkTimeout: milliseconds.optional(),
  startTimeout: milliseconds.optional(),
  maxOutput: z
    .number()
    .int()
    .min(1)
    .max(256 * 1024 * 1024)
    .optional(),
  retry: z.number().int().min(0).max(20).optional(),
  noise: z.boolean().optional(),
  normalize: normalizeSettings.optional(),
  differences: declaredDifferences.optional(),
  start: z.enum(['auto', 'image', 'idle']).optional(),
  foreignPrograms: z
    .array(z.string().regex(/^\/[^*]*\*?$/, 'an absolute path, with * at its end for everything below'))
    .optional(),
  isolate: z.boolean().optional(),
  builtinSuites: z
    .unknown()
    .refine(
      (value): value is ArchparityConfig['builtinSuites'] =>
        ['auto', 'all', 'off'].includes(value as string) ||
        (Array.isArray(value) && value.length > 0 && value.every(each => BUILTIN_SUITES.includes(each))),
      `"auto", "all", "off", or a list of ${BUILTIN_SUITES.join(', ')}`,
    )
    .optional(),
  audit: z.boolean().optional(),
  auditRules: z.partialRecord(z.enum(AUDIT_RULE_IDS), z.enum(['off', 'note', 'warning', 'error'])).optional(),
  auditCache: z.boolean().optional(),
  hosts: z.array(hostDeclaration).optional(),
  localHost: z.boolean().optional(),
  execution: z.enum(['auto', 'native', 'emulated', 'both']).optional(),
  everyHost: z.boolean().optional(),
  cpuModels: z
    .record(platform, z.array(z.string().regex(/^[\w.,+-]{1,60}$/, 'a CPU model of QEMU')))
    .optional(),
  copyImages: z.enum(['never', 'fallback', 'always']).optional(),
  timeoutScale: z.union([z.literal('measured'), z.number().min(1).max(1000)]).optional(),
})

/** Settings of a project, all optional. Times in milliseconds, sizes in bytes. */
export interface ArchparityConfig {
  /** Image that is tested when the command line names none. */
  readonly image?: string
  /** Globs of suite files, relative to the configuration file. Default `suites/**\/*.suite.ts` (and .js, .mjs, .json), `suites/**\/*.yaml`, `suites/**\/run.sh`. */
  readonly suites?: readonly string[]
  /** Platforms that must be tested: others are left out, and one that the image lacks is lost coverage. */
  readonly platforms?: readonly string[]
  readonly excludePlatforms?: readonly string[]
  /** Platform that the others are compared with. Default: the one that is native to the local engine. */
  readonly reference?: string
  /** Directory that reports are written to. Default `reports`. */
  readonly reports?: string
  /** Registries (`host[:port]`) that may be spoken to without TLS or with a certificate nobody signed. */
  readonly insecureRegistries?: readonly string[]
  /** Suite files that run at the same time. Default: twice the engine's CPUs. */
  readonly concurrency?: number
  /** Images that are pulled at the same time. Default 3. */
  readonly pullConcurrency?: number
  /** Time that one command in a container may take. Default 60 000. */
  readonly commandTimeout?: number
  /** Time that one check may take. Default 120 000. */
  readonly checkTimeout?: number
  /** Time that a container may take to be ready. Default 60 000. */
  readonly startTimeout?: number
  /** Bytes kept of each output, file and body. Default 1 MiB. */
  readonly maxOutput?: number
  /** How often a failed check is tried again. Default 0. */
  readonly retry?: number
  /** Whether the reference target runs its suites twice, to learn what differs by chance. Default true. */
  readonly noise?: boolean
  /** Normalisations of your own, applied after the built-in ones. */
  readonly normalize?: readonly NormalizeSetting[]
  /** Differences that are legitimate, each with its reason. */
  readonly differences?: readonly DeclaredDifference[]
  /** How containers start: as the image declares, idle, or (auto) by whether it declares a port or a health check. */
  readonly start?: 'auto' | 'image' | 'idle'
  /** Programs that may be of another architecture than their platform: absolute paths, `*` at the end allowed. */
  readonly foreignPrograms?: readonly string[]
  /** Whether each command of a declared suite gets a container of its own, even where sharing cannot be seen. Default false. */
  readonly isolate?: boolean
  /**
   * Suites that archparity brings along: `auto` runs them where there is no suite file, `all` or a list of their names
   * beside the user's own. Default `auto`.
   */
  readonly builtinSuites?: 'auto' | 'all' | 'off' | readonly BuiltinSuite[]
  /** Whether a run begins with the static audit of every platform's layers. Default true. */
  readonly audit?: boolean
  /** How much rules of the audit matter, by their ids; `off` leaves one out. */
  readonly auditRules?: Readonly<Partial<Record<AuditRuleId, RuleLevel>>>
  /** Whether what was read of a layer is kept for the next audit. Default true. */
  readonly auditCache?: boolean
  /** Engines that containers run on beside the local one, as objects or in the short form of `--host`. */
  readonly hosts?: readonly (HostDeclaration | string)[]
  /** Whether the engine that Docker's own command uses here takes part. Default true. */
  readonly localHost?: boolean
  /**
   * How platforms are run. `auto`: natively where a host can, else emulated, and what is wrong natively once more
   * under emulation. `both`: natively and emulated. `native`, `emulated`: only so. Default `auto`.
   */
  readonly execution?: 'auto' | 'native' | 'emulated' | 'both'
  /** Whether hosts of one platform each run all suites, and do not share them. Default false. */
  readonly everyHost?: boolean
  /** CPU models that platforms are also emulated with, by platform: QEMU's names, for example `cortex-a72`. */
  readonly cpuModels?: Readonly<Record<string, readonly string[]>>
  /** Whether images are copied to hosts through this machine: never, where a host cannot pull, or always. Default never. */
  readonly copyImages?: 'never' | 'fallback' | 'always'
  /** How much longer everything may take on slower targets: as measured, or this many times. Default `measured`. */
  readonly timeoutScale?: 'measured' | number
}

/** A configuration with every default filled in, except the image. */
export type Settings = Required<
  Omit<ArchparityConfig, 'image' | 'platforms' | 'reference' | 'concurrency' | 'hosts'>
> &
  Pick<ArchparityConfig, 'image' | 'platforms' | 'reference' | 'concurrency'> & {
    readonly hosts: readonly HostDeclaration[]
  }

export const DEFAULTS: Settings = {
  suites: ['suites/**/*.suite.{ts,mts,js,mjs,json}', 'suites/**/*.{yaml,yml}', 'suites/**/run.sh'],
  excludePlatforms: [],
  reports: 'reports',
  insecureRegistries: [],
  pullConcurrency: 3,
  commandTimeout: 60_000,
  checkTimeout: 120_000,
  startTimeout: 60_000,
  maxOutput: 1024 * 1024,
  retry: 0,
  noise: true,
  normalize: [],
  differences: [],
  start: 'auto',
  foreignPrograms: [],
  isolate: false,
  builtinSuites: 'auto',
  audit: true,
  auditRules: {},
  auditCache: true,
  hosts: [],
  localHost: true,
  execution: 'auto',
  everyHost: false,
  cpuModels: {},
  copyImages: 'never',
  timeoutScale: 'measured',
}
