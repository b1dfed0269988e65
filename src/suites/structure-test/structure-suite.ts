/** What a file of container-structure-test declares, checked and with its defaults; plain data. */
export interface StructureSuite {
  readonly schemaVersion: '1.0.0' | '2.0.0'
  readonly globalEnv: readonly Variable[]
  readonly run: ContainerRunOptions
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

interface Declared {
  readonly name: string
  /** Line in the file, from 1. */
  readonly line: number
}

export interface CommandCheck extends Declared {
  readonly kind: 'command'
  readonly setup: readonly (readonly string[])[]
  readonly env: readonly Variable[]
  readonly command: readonly string[]
  readonly exitCode: number
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

export type StructureCheck =
  | CommandCheck
  | FileExistenceCheck
  | FileContentCheck
  | MetadataCheck
  | LicenseCheck
