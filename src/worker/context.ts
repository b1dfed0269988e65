import type { BuiltinPlan } from '../builtin/builtin-plan.js'
import type { Pass } from '../model/events.js'
import type { ImageConfig } from '../model/image.js'
import type { Reach } from '../model/reach.js'
import type { Target } from '../model/target.js'

/** Limits that every command, check and container of a target lives under, scaled for it. Times in milliseconds. */
export interface Limits {
  readonly commandTimeoutMs: number
  /** How long a container may take until it is started and ready. */
  readonly startTimeoutMs: number
  /** Bytes kept of each output stream, file and HTTP body. */
  readonly maxOutputBytes: number
}

/** All that a worker is told of the target that it runs suites on; plain data. */
export interface WorkerContext {
  readonly target: Target
  readonly pass: Pass
  /** What the engine is asked for: `repository@digest`, or an image id. */
  readonly image: string
  /** What the user calls it, with its digest; only for people. */
  readonly reference: string
  readonly imageConfig: ImageConfig
  /** Absolute path of the image's POSIX shell, if it has one. */
  readonly shell?: string
  /** Whether the image runs as a service of its own or waits for commands. */
  readonly start: 'image' | 'idle'
  /** How ports of its containers are reached. */
  readonly reach: Reach
  /** Variables that every container gets beyond the image's own, for example the emulator's CPU model. */
  readonly env: Readonly<Record<string, string>>
  /** How many times longer everything may take here than the settings say. */
  readonly timeScale: number
  readonly limits: Limits
  /** Labels of every container, by which a later run finds what this one left. */
  readonly labels: Readonly<Record<string, string>>
  /** Paths (or `prefix/*`) of programs that may be of another architecture. */
  readonly foreignPrograms: readonly string[]
  /** Whether each command of a declared suite gets a container of its own, even where sharing could not be seen. */
  readonly isolateDeclared: boolean
  /** What the built-in suites ask; absent where the image was not audited. */
  readonly builtin?: BuiltinPlan
  /** Socket that events are sent to; absent when vitest itself is the runner. */
  readonly eventSocket?: string
  /** Absolute path that suite files are named relative to. */
  readonly root: string
}

declare module 'vitest' {
  interface ProvidedContext {
    archparity: WorkerContext
  }
}
