import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFilter } from 'vite'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import type { Settings } from '../config/schema.js'
import { COMPANION_GLOBS } from '../suites/companion-files.js'
import { RUNNER_MODULE } from '../suites/compile-suite.js'
import { createSuitePlugin } from '../suites/suite-plugin.js'
import type { WorkerContext } from '../worker/context.js'

const DIST = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)

/** What one vitest project is made from: the worker's context and the engine that it talks to. */
export interface SuiteProject {
  /** Name that `--project` and reports show, unique among the projects. */
  readonly name: string
  readonly context: WorkerContext
  readonly dockerHost: string
  /** Suite files that it runs, relative to the root; all where absent. */
  readonly files?: readonly string[]
}

/**
 * The vitest project that runs the suites on one target: processes of its own, one target each, which share
 * nothing with the other projects but the suite files.
 */
export function buildSuiteProject(
  project: SuiteProject,
  settings: Settings,
  root: string,
): TestProjectInlineConfiguration {
  return {
    root,
    plugins: [createSuitePlugin(root, createFilter([...settings.suites], null, { resolve: root }))],
    resolve: { alias: listAliases() },
    test: {
      name: project.name,
      root,
      include: [...settings.suites],
      // Not vitest's own default, which leaves out what is not named *.test.*.
      exclude: ['**/node_modules/**', '**/.git/**', ...COMPANION_GLOBS],
      env: {
        DOCKER_HOST: project.dockerHost,
        // Containers carry labels of our own that the next run sweeps by; its reaper needs an image of its own.
        TESTCONTAINERS_RYUK_DISABLED: 'true',
        // Otherwise it starts a container to find out where it runs.
        TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
        // What is recorded must not depend on who looks.
        NO_COLOR: '1',
        FORCE_COLOR: '0',
      },
      provide: { archparity: project.context },
      pool: 'forks',
      isolate: false,
      runner: path.join(DIST, 'worker', 'suite-runner.js'),
      setupFiles: [path.join(DIST, 'worker', 'setup.js')],
      testTimeout: Math.round(settings.checkTimeout * project.context.timeScale),
      hookTimeout: Math.round(settings.checkTimeout * project.context.timeScale),
      retry: settings.retry,
      includeTaskLocation: true,
      server: {
        deps: {
          // Vitest runs suite files itself, wherever they are; all else of archparity must be there once.
          inline: [new RegExp(`^${escapeRegExp(path.join(DIST, 'builtin', 'suites'))}/`)],
          external: [new RegExp(`^${escapeRegExp(DIST)}/`), /\/node_modules\//],
        },
      },
    },
  }
}

/**
 * Suites find this archparity, and its vitest, whatever is installed beside them: two copies of either in one
 * process could not work together.
 */
function listAliases(): { find: RegExp; replacement: string }[] {
  const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'dist', 'index.js')
  return [
    { find: /^archparity\/suite$/, replacement: path.join(DIST, 'worker', 'suite.js') },
    {
      find: new RegExp(`^${RUNNER_MODULE}$`),
      replacement: path.join(DIST, 'worker', 'declared', 'declare-suite.js'),
    },
    { find: /^archparity$/, replacement: path.join(DIST, 'index.js') },
    { find: /^vitest$/, replacement: vitest },
  ]
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
