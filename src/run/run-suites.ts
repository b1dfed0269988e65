import { createVitest, type Vitest } from 'vitest/node'
import type { Settings } from '../config/schema.js'
import type { RunEvent } from '../model/events.js'
import { buildSuiteProject, type SuiteProject } from './suite-projects.js'
import { type ProjectMeaning, SuiteReporter } from './suite-reporter.js'

/** What of the suites is run. */
export interface SuiteSelection {
  /** Absolute path that suite globs are relative to. */
  readonly root: string
  /** Parts of file paths; empty means all. */
  readonly filters: readonly string[]
  /** `-t`: only checks whose full name matches. */
  readonly testNamePattern?: string
}

/** A running set of suites, which can be told to stop. */
export interface SuiteRun {
  /** Resolves when all suites are done or the run is cancelled. */
  readonly done: Promise<void>
  cancel(): Promise<void>
}

/**
 * Runs the suites of all projects on one host, `concurrency` files at a time. One vitest for each host: its
 * limit on workers is for all of its projects together.
 */
export async function startSuites(
  projects: readonly SuiteProject[],
  settings: Settings,
  selection: SuiteSelection,
  concurrency: number,
  emit: (event: RunEvent) => void,
): Promise<SuiteRun> {
  const meanings = new Map<string, ProjectMeaning>(
    projects.map(({ name, context }) => [name, { target: context.target.id, pass: context.pass }]),
  )
  const { root, filters, testNamePattern } = selection
  const pattern = testNamePattern === undefined ? undefined : new RegExp(testNamePattern)
  const handlers = rememberSignalHandlers()
  let cancelled = false
  let begun = false
  let delivered = false
  const deliver = async () => {
    delivered = true
    await vitest.cancelCurrentRun('keyboard-input')
  }
  // A run that is still beginning forgets that it was cancelled, so it is told again once it has begun.
  const insist = {
    onTestModuleQueued: () => {
      begun = true
      if (cancelled && !delivered) void deliver()
    },
  }
  const vitest = await createVitest(
    'test',
    {
      config: false,
      root,
      watch: false,
      reporters: [new SuiteReporter(meanings, root, pattern, emit, () => cancelled), insist],
      passWithNoTests: true,
      // Vitest forbids it where CI is set, and then reports nothing of the file.
      allowOnly: true,
      maxWorkers: concurrency,
      ...(testNamePattern === undefined ? {} : { testNamePattern }),
    },
    {
      // The user's own vite and vitest settings are for their other tests.
      configFile: false,
      root,
      logLevel: 'silent',
      test: { projects: projects.map(project => buildSuiteProject(project, settings, root)) },
    } as Parameters<typeof createVitest>[2],
  )
  handlers.restore()
  return {
    done: runToEnd(vitest, filters, () => cancelled),
    cancel: async () => {
      cancelled = true
      if (begun && !delivered) await deliver()
    },
  }
}

async function runToEnd(
  vitest: Vitest,
  filters: readonly string[],
  isCancelled: () => boolean,
): Promise<void> {
  const code = process.exitCode
  try {
    const specifications = await vitest.globTestSpecifications([...filters])
    if (specifications.length > 0 && !isCancelled()) await vitest.runTestSpecifications(specifications, true)
  } finally {
    await vitest.close()
    // Vitest sets the process's exit code; ours comes from the verdict.
    process.exitCode = code
  }
}

/** Vitest ends the process on a signal, with containers left behind: only our own handlers may stay. */
function rememberSignalHandlers(): { restore(): void } {
  const signals = ['SIGINT', 'SIGTERM'] as const
  const before = new Map(signals.map(signal => [signal, new Set(process.listeners(signal))]))
  return {
    restore: () => {
      for (const signal of signals) {
        for (const listener of process.listeners(signal)) {
          if (!before.get(signal)?.has(listener))
            process.removeListener(signal, listener as NodeJS.SignalsListener)
        }
      }
    },
  }
}
