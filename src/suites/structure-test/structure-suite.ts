import type { DeclaredDifference } from '../../model/declared.js'

export type SchemaVersion = '1.0.0' | '2.0.0'

/** What a file of container-structure-test declares, checked and with its defaults; plain data. */
export interface StructureSuite {
  readonly schemaVersion: SchemaVersion
  readonly globalEnv: readonly Variable[]
  readonly run: ContainerRunOptions
  /** How the image's own command is started, for the checks that ask it something; absent where none does. */
  readonly service?: ServiceOptions
  /** What may differ between platforms in any of the checks. */
  readonly differences: readonly DeclaredDifference[]
  readonly checks: readonly StructureCheck[]
}

export interface Variable {
  readonly key: string
  readonly value: string
}

/** A variable or label that is asked for: by its value, or by a pattern. */
export interface ExpectedPair extends Variable {
  readonly isRegex: boolean
}

/** Flags of the container that commands run in, in the words of `docker run`. */
export interface ContainerRunOptions {
  readonly user?: string
  readonly privileged: boolean
  readonly allocateTty: boolean
  readonly envFile?: string
  readonly envVars: readonly string[]
  readonly capabilities: readonly string[]
  readonly bindMounts: readonly string[]
}

/** What differs from the image's own entrypoint and command. */
export interface ServiceOptions {
  readonly entrypoint?: readonly string[]
  readonly args?: readonly string[]
}

/** Where a test is not run, and why; no platforms means nowhere. */
export interface Skip {
  readonly platforms: readonly string[]
  readonly reason: string
}

/** What a test may say beyond that tool's schema. */
export interface OwnKeys {
  readonly skip?: readonly Skip[]
  /** For each of its commands, before it is scaled for the target. */
  readonly timeoutMs?: number
  readonly differences?: readonly DeclaredDifference[]
}

interface Declared extends OwnKeys {
  readonly name: string
  /** Line in the file, from 1. */
  readonly line: number
  /** The same check as platforms of their own expect it. */
  readonly perPlatform?: readonly PlatformVariant[]
}

export interface PlatformVariant {
  /** Formatted, for example `linux/arm/v7`. */
  readonly platform: string
  readonly check: StructureCheck
}

export interface CommandCheck extends Declared {
  readonly kind: 'command'
  readonly setup: readonly (readonly string[])[]
  readonly env: readonly Variable[]
  readonly command: readonly string[]
  readonly exitCode: number
  /** Whether it gets a container of its own. */
  readonly isolate: boolean
  readonly expectedOutput: readonly string[]
  readonly excludedOutput: readonly string[]
  readonly expectedError: readonly string[]
  readonly excludedError: readonly string[]
}

export interface FileExistenceCheck extends Declared {
  readonly kind: 'file-existence'
  readonly path: string
  readonly shouldExist: boolean
  /** As Go writes a file's mode, for example `-rwxr-xr-x`. */
  readonly permissions?: string
  readonly uid?: number
  readonly gid?: number
  readonly isExecutableBy?: 'owner' | 'group' | 'other' | 'any'
}

export interface FileContentCheck extends Declared {
  readonly kind: 'file-content'
  readonly path: string
  readonly expectedContents: readonly string[]
  readonly excludedContents: readonly string[]
}

/** What the image's configuration must say; what is absent is not asked. */
export interface MetadataCheck extends Declared {
  readonly kind: 'metadata'
  readonly env: readonly ExpectedPair[]
  readonly unboundEnv: readonly string[]
  readonly labels: readonly ExpectedPair[]
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly exposedPorts: readonly string[]
  readonly unexposedPorts: readonly string[]
  readonly volumes: readonly string[]
  readonly unmountedVolumes: readonly string[]
  readonly workdir?: string
  readonly user?: string
}

export interface LicenseCheck extends Declared {
  readonly kind: 'license'
  readonly debian: boolean
  readonly files: readonly string[]
}

/** A check of the started image: how long it may take until it is as it should be, before it is scaled for the target. */
interface Waiting extends Declared {
  readonly withinMs?: number
  /** Whether it gets a started container of its own. */
  readonly isolate: boolean
}

export interface HttpCheck extends Waiting {
  readonly kind: 'http'
  readonly path: string
  /** The first that the image declares where it is absent. */
  readonly port?: number
  readonly method: string
  readonly headers: readonly Variable[]
  readonly body?: string
  /** Any of these; every 2xx where it is empty. */
  readonly expectedStatus: readonly number[]
  readonly expectedHeaders: readonly ExpectedPair[]
  readonly excludedHeaders: readonly string[]
  readonly expectedBody: readonly string[]
  readonly excludedBody: readonly string[]
  readonly expectedJson: readonly ExpectedJson[]
}

/** What a JSONPath (RFC 9535) must find. */
export interface ExpectedJson {
  readonly path: string
  /** One of the found values must equal it; JSON. */
  readonly value?: unknown
  /** One of the found values must match it: texts as they are, others as JSON writes them. */
  readonly pattern?: string
  /** Without both: whether anything must be found. */
  readonly exists: boolean
}

export interface PortCheck extends Waiting {
  readonly kind: 'port'
  readonly port: number
  readonly listening: boolean
}

/** What the image's own command writes; patterns of `log` may be in either stream. */
export interface LogCheck extends Waiting {
  readonly kind: 'log'
  readonly expectedLog: readonly string[]
  readonly excludedLog: readonly string[]
  readonly expectedOutput: readonly string[]
  readonly excludedOutput: readonly string[]
  readonly expectedError: readonly string[]
  readonly excludedError: readonly string[]
}

/** What the image's own health check must say. */
export interface HealthCheck extends Waiting {
  readonly kind: 'health'
  readonly expected: 'healthy' | 'unhealthy'
}

export type ServiceCheck = HttpCheck | PortCheck | LogCheck | HealthCheck

export type StructureCheck =
  | CommandCheck
  | FileExistenceCheck
  | FileContentCheck
  | MetadataCheck
  | LicenseCheck
  | ServiceCheck

export const isServiceCheck = (check: StructureCheck): check is ServiceCheck =>
  check.kind === 'http' || check.kind === 'port' || check.kind === 'log' || check.kind === 'health'
