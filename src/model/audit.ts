/** How much a static finding matters: an error or a warning breaks parity, a note is only told. */
export type Severity = 'error' | 'warning' | 'note'

/** Ids of the audit's rules, in the order of reports. */
export const AUDIT_RULE_IDS = [
  'unreadable-layer',
  'config-platform',
  'same-manifest',
  'platform-missing',
  'foreign-elf',
  'wrong-variant',
  'libc-mismatch',
  'missing-interpreter',
  'missing-library',
  'symbol-version',
  'isa-level',
  'native-module',
  'script-interpreter',
  'page-size',
  'damaged-elf',
  'emulator-core',
  'executable-stack',
  'config-differs',
  'package-missing',
  'package-version',
  'module-missing',
  'file-missing',
  'mode-differs',
  'content-differs',
  'size-differs',
  'layers-differ',
  'attestation-missing',
] as const

export type AuditRuleId = (typeof AUDIT_RULE_IDS)[number]

/** What a user may set a rule to. */
export type RuleLevel = Severity | 'off'

/** One fact that a static finding rests on. */
export interface AuditEvidence {
  /** Formatted platform that it was read on; absent where it holds for all that the finding names. */
  readonly platform?: string
  /** Absolute path in the image. */
  readonly path?: string
  /** Digest of the layer that the file comes from. */
  readonly layer?: string
  /** One line for people. */
  readonly text: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** One thing that the static audit found, before anything ran. */
export interface AuditFinding {
  /** Stable between runs: rule, platforms and subject. */
  readonly key: string
  /** Id of the rule, for example `foreign-elf`. */
  readonly rule: string
  readonly severity: Severity
  readonly title: string
  /** Formatted platforms that are wrong, in the image's order. */
  readonly platforms: readonly string[]
  /** Absolute paths of the files concerned, sorted; a long list is cut, and `pathCount` says how many there were. */
  readonly paths: readonly string[]
  readonly pathCount: number
  readonly evidence: readonly AuditEvidence[]
  /** What to do next, in one or two sentences. */
  readonly advice: string
}

/** What was read of one platform: figures for people, and proof that the audit saw the image. */
export interface AuditSummary {
  /** Formatted. */
  readonly platform: string
  readonly digest: string
  readonly layers: number
  /** Regular files after all layers are applied. */
  readonly files: number
  /** Bytes of those files. */
  readonly bytes: number
  readonly elfFiles: number
  /** Packages by ecosystem: `{ dpkg: 91, python: 3 }`. */
  readonly packages: Readonly<Record<string, number>>
  /** C library that its programs ask for. */
  readonly libc?: string
}
