/** Anything that YAML and JSON can say. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

/** One attribute of a resource that is judged: goss's name for it, and the matcher as the file has it. */
export interface GossAttribute {
  readonly name: string
  readonly matcher: Plain
}

/** Kinds of resources that are supported, in goss's words. */
export const GOSS_KINDS = [
  'addr',
  'command',
  'dns',
  'file',
  'group',
  'http',
  'matching',
  'package',
  'port',
  'process',
  'user',
] as const

export type GossKind = (typeof GOSS_KINDS)[number]

/** One resource of a goss file; plain data. */
export interface GossCheck {
  readonly kind: GossKind
  /** goss's own name, for example `File: /etc/passwd`. */
  readonly name: string
  /** Line in the file as it was written, from 1; of a file that was drawn in, the line that names it. */
  readonly line: number
  /** `file:line` of a check in a file that was drawn in. */
  readonly place?: string
  /** What is looked at: the key, or what the resource names in its place. */
  readonly subject: string
  readonly title?: string
  readonly skip: boolean
  /** Milliseconds, before they are scaled for the target. */
  readonly timeoutMs?: number
  /** What decides whether the others are judged at all, for example `exists`; always the first. */
  readonly attributes: readonly [GossAttribute, ...GossAttribute[]]
  /** How to look, by goss's names for it. */
  readonly settings: Readonly<Record<string, Plain>>
}

/** What a goss file declares; plain data. */
export interface GossSuite {
  readonly checks: readonly GossCheck[]
  /** Files that it draws in by `gossfile`, relative to the root. */
  readonly included: readonly string[]
  /** What must hold before the first check: the `goss_wait.yaml` beside it, by name. */
  readonly wait?: GossWait
}

export interface GossWait {
  readonly file: string
  readonly checks: readonly GossCheck[]
  /** How long, and how often, it is tried; milliseconds before they are scaled for the target. */
  readonly limitMs: number
  readonly pauseMs: number
}
