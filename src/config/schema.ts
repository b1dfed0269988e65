import { z } from 'zod'
import { AUDIT_RULE_IDS, type AuditRuleId, type RuleLevel } from '../model/audit.js'
import { parsePlatform } from '../model/platform.js'

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
  start: z.enum(['auto', 'image', 'idle']).optional(),
  foreignPrograms: z
    .array(z.string().regex(/^\/[^*]*\*?$/, 'an absolute path, with * at its end for everything below'))
    .optional(),
  audit: z.boolean().optional(),
  auditRules: z.partialRecord(z.enum(AUDIT_RULE_IDS), z.enum(['off', 'note', 'warning', 'error'])).optional(),
  auditCache: z.boolean().optional(),
})

/** Settings of a project, all optional. Times in milliseconds, sizes in bytes. */
export interface ArchparityConfig {
  /** Image that is tested when the command line names none. */
  readonly image?: string
  /** Globs of suite files, relative to the configuration file. Default `suites/**\/*.suite.ts` (and .js, .mjs). */
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
  /** How containers start: as the image declares, idle, or (auto) by whether it declares a port or a health check. */
  readonly start?: 'auto' | 'image' | 'idle'
  /** Programs that may be of another architecture than their platform: absolute paths, `*` at the end allowed. */
  readonly foreignPrograms?: readonly string[]
  /** Whether a run begins with the static audit of every platform's layers. Default true. */
  readonly audit?: boolean
  /** How much rules of the audit matter, by their ids; `off` leaves one out. */
  readonly auditRules?: Readonly<Partial<Record<AuditRuleId, RuleLevel>>>
  /** Whether what was read of a layer is kept for the next audit. Default true. */
  readonly auditCache?: boolean
}

/** A configuration with every default filled in, except the image. */
export type Settings = Required<Omit<ArchparityConfig, 'image' | 'platforms' | 'reference' | 'concurrency'>> &
  Pick<ArchparityConfig, 'image' | 'platforms' | 'reference' | 'concurrency'>

export const DEFAULTS: Settings = {
  suites: ['suites/**/*.suite.{ts,mts,js,mjs}'],
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
  start: 'auto',
  foreignPrograms: [],
  audit: true,
  auditRules: {},
  auditCache: true,
}
