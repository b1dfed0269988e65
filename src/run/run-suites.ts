import path from 'node:path'
import pLimit from 'p-limit'
import { createVitest, type TestModule, type Vitest } from 'vitest/node'
import { locateBuiltin, nameSuiteFile, readBuiltinName } from '../builtin/suite-names.js'
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
 * Runs the suites of all projects on one host, at most `concurrency` files at a time. A worker costs a second of
 * CPU before its first check, so each target has one for all of its files, unless there are workers to spare.
 * Hence one vitest for each target: a single one would start a worker for each file. The pass that learns noise
 * begins when its target's main pass is over. `onFileDone` is told each file that a main pass came to the end of.
 */
export async function startSuites(
  projects: readonly SuiteProject[],
  settings: Settings,
  selection: SuiteSelection,
  concurrency: number,
  emit: (event: RunEvent) => void,
  onFileDone: (target: string, file: string) => void = () => {},
): Promise<SuiteRun> {
  const mains = projects.filter(({ context }) => context.pass === 'main')
  const workers = Math.max(1, Math.floor(concurrency / Math.max(1, mains.length)))
  const limit = pLimit(Math.max(1, Math.floor(concurrency / workers)))
  const running = new Set<SuiteRun>()
  const restoreExitCode = rememberExitCode()
  const letHandlersIn = keepSignalHandlersOut()
  const closing: Promise<void>[] = []
  let cancelled = false
  const run = (project: SuiteProject) =>
    limit(async () => {
      if (cancelled) return
      const started = await startProject(project, settings, selection, workers, emit, onFileDone)
      running.add(started)
      if (cancelled) await started.cancel()
      closing.push(started.done.finally(() => running.delete(started)))
      // Its place is free when its checks are done, not when vitest has cleaned up.
      await started.ran
    })
  const runs = new Map(mains.map(project => [project.context.target.id, run(project)]))
  const seconds = projects
    .filter(({ context }) => context.pass === 'noise')
    .map(async project => {
      await runs.get(project.context.target.id)?.catch(() => {})
      await run(project)
    })
  return {
    done: waitForAll([...runs.values(), ...seconds])
      .finally(() => waitForAll(closing))
      .finally(restoreExitCode)
      .finally(letHandlersIn),
    cancel: async () => {
      cancelled = true
      await Promise.all([...running].map(each => each.cancel()))
    },
  }
}

/** One target's failure to start must not stop the others; it is told when all are done. */
async function waitForAll(runs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(runs)).find(each => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

async function startProject(
  project: SuiteProject,
  settings: Settings,
  selection: SuiteSelection,
  workers: number,
  emit: (event: RunEvent) => void,
  onFileDone: (target: string, file: string) => void,
): Promise<SuiteRun & { readonly ran: Promise<void> }> {
  const { name, context } = project
  const meanings = new Map<string, ProjectMeaning>([
    [name, { target: context.target.id, pass: context.pass }],
  ])
  const { root, filters, testNamePattern } = selection
  const pattern = testNamePattern === undefined ? undefined : new RegExp(testNamePattern)
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
    onTestModuleEnd: (module: TestModule) => {
      if (cancelled || context.pass !== 'main') return
      onFileDone(context.target.id, nameSuiteFile(root, module.moduleId))
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
      maxWorkers: workers,
      ...(testNamePattern === undefined ? {} : { testNamePattern }),
    },
    {
      // The user's own vite and vitest settings are for their other tests.
      configFile: false,
      root,
      logLevel: 'silent',
      test: { projects: [buildSuiteProject(project, settings, root)] },
    } as Parameters<typeof createVitest>[2],
  )
  const ran = runSpecifications(vitest, root, filters, project.files, () => cancelled)
  return {
    ran: ran.catch(() => {}),
    done: ran.finally(() => vitest.close()),
    cancel: async () => {
      cancelled = true
      if (begun && !delivered) await deliver()
    },
  }
}

async function runSpecifications(
  vitest: Vitest,
  root: string,
  filters: readonly string[],
  files: readonly string[] | undefined,
  isCancelled: () => boolean,
): Promise<void> {
  const builtin = (files ?? []).flatMap(file => readBuiltinName(file) ?? [])
  const wanted = files === undefined ? undefined : new Set(files.map(file => path.resolve(root, file)))
  const found = await vitest.globTestSpecifications([...filters])
  const specifications = [
    ...found.filter(({ moduleId }) => wanted === undefined || wanted.has(path.resolve(moduleId))),
    ...vitest.projects.flatMap(project =>
      builtin.map(suite => project.createSpecification(locateBuiltin(suite))),
    ),
  ]
  if (specifications.length > 0 && !isCancelled()) await vitest.runTestSpecifications(specifications, true)
}

/** Vitest sets the process's exit code; ours comes from the verdict. */
function rememberExitCode(): () => void {
  const code = process.exitCode
  return () => {
    process.exitCode = code
  }
}

/**
 * Vitest ends the process on a signal, with containers left behind: while it is about, no handler but those that
 * are there already may stay.
 */
function keepSignalHandlersOut(): () => void {
  const remove = (event: string | symbol, listener: (...args: unknown[]) => void) => {
    if (event === 'SIGINT' || event === 'SIGTERM') {
      queueMicrotask(() => process.removeListener(event, listener))
    }
  }
  process.on('newListener', remove)
  return () => process.removeListener('newListener', remove)
}
