/** Interpreters that are asked, and whose native modules are loaded. */
export const INTERPRETERS = ['python', 'node', 'perl', 'ruby', 'php', 'java'] as const

export type Interpreter = (typeof INTERPRETERS)[number]

/** A dynamic program, by a name that is equal on all platforms. */
export interface PlannedProgram {
  readonly name: string
  /** Absolute path and loader (PT_INTERP) on this platform; absent where the platform does not have the program. */
  readonly path?: string
  readonly loader?: string
}

/** Programs of one folder that are asked in one check. */
export interface ProgramGroup {
  readonly name: string
  readonly programs: readonly PlannedProgram[]
}

/** A native module, by a name that is equal on all platforms. */
export interface PlannedModule {
  readonly name: string
  /** What the interpreter is asked to load on this platform: a module's name or a file; absent where there is none. */
  readonly load?: string
  /** Absolute path of its file on another platform, where this one does not have it. */
  readonly elsewhere?: string
}

/** Native modules of one interpreter that are loaded in one check. */
export interface ModuleGroup {
  readonly name: string
  readonly interpreter: Interpreter
  readonly modules: readonly PlannedModule[]
}

/** A native library of a jar, by a name that is equal on all platforms. */
export interface PlannedLibrary {
  readonly name: string
  /** Members of the jar that are builds of it for this platform; absent where it has none. */
  readonly members?: readonly string[]
}

/** Native libraries of one jar, which are loaded in one check. */
export interface JarGroup {
  readonly name: string
  /** Absolute path on this platform; absent where it has no jar with libraries for itself. */
  readonly path?: string
  readonly libraries: readonly PlannedLibrary[]
}

/** What the built-in suites ask of one platform; groups and names are the same on all platforms. Plain data. */
export interface BuiltinPlan {
  readonly programs: readonly ProgramGroup[]
  readonly modules: readonly ModuleGroup[]
  readonly jars: readonly JarGroup[]
  /** Absolute path of each interpreter on this platform, for those that any platform has. */
  readonly interpreters: readonly { readonly interpreter: Interpreter; readonly path?: string }[]
  /** How many programs, modules and libraries of jars are not asked, since there are too many. */
  readonly omitted: { readonly programs: number; readonly modules: number; readonly libraries: number }
}
