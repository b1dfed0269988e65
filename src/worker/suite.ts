/**
 * What a suite file imports: vitest's own API, with `test` extended by the container of the target. A suite
 * knows nothing of platforms; the same file runs on each of them.
 */
import { test as base } from 'vitest'
import type { PerPlatform } from '../model/per-platform.js'
import type { Target } from '../model/target.js'
import { CheckScope } from './check-scope.js'
import type { CommandOptions } from './container/container-handle.js'
import type { ContainerOptions } from './container/options.js'
import type { HttpOptions } from './container/request-http.js'
import type { CommandResult, FileResult, HttpResult, LogsResult } from './container/results.js'
import type { RunOptions } from './container/run-once.js'
import type { Command } from './exec/command.js'
import { getWorker } from './worker.js'

export { afterAll, afterEach, assert, beforeAll, beforeEach, describe, expect, expectTypeOf } from 'vitest'
export { useContainer } from './suite-file.js'
export type {
  CommandOptions,
  CommandResult,
  ContainerOptions,
  FileResult,
  HttpOptions,
  HttpResult,
  LogsResult,
  PerPlatform,
  RunOptions,
}

/** Runs a command in a started container: a string is a shell line, an array a program and its arguments. */
export type Exec = (command: Command, options?: CommandOptions) => Promise<CommandResult>

/** A started container of the target's image. All that is done through it is observed. */
export interface Container {
  readonly id: string
  exec: Exec
  file(path: string): Promise<FileResult>
  logs(): Promise<LogsResult>
  http(path: string, options?: HttpOptions): Promise<HttpResult>
}

/** What every check may ask for. */
export interface CheckFixtures {
  /** The suite file's shared container. */
  container: Container
  exec: Exec
  /** Runs a command as the only process of a fresh container, as `docker run --rm` does. */
  run: (command?: Command, options?: RunOptions) => Promise<CommandResult>
  file: Container['file']
  logs: Container['logs']
  http: Container['http']
  /** Starts a container of the check's own, which is removed when the check is over. */
  startContainer: (options?: ContainerOptions) => Promise<Container>
  /** The platform, digest, host and execution of this run of the check. */
  target: Target
  /** Records a value (anything that JSON can hold) to be compared across platforms. */
  observe: (name: string, value: unknown) => void
  /**
   * The value that is expected on this platform: `perPlatform({ 'linux/arm/v7': 32, default: 64 })`. A difference between
   * platforms that is exactly this one is no finding.
   */
  perPlatform: <T>(values: PerPlatform<T>) => T
  /** Not for suites: opens and closes what the other fixtures stand on. */
  checkScope: CheckScope
}

export const test = base.extend<CheckFixtures>({
  checkScope: [
    async ({ task, signal }, use) => {
      const scope = new CheckScope(getWorker(), task, signal)
      await use(scope)
      await scope.close()
    },
    { auto: true },
  ],
  container: async ({ checkScope }, use) => use(await expose(checkScope)),
  exec: async ({ checkScope }, use) =>
    use(async (command, options) => checkScope.exec(await checkScope.getContainer(), command, options)),
  run: async ({ checkScope }, use) => use((command, options) => checkScope.run(command, options)),
  file: async ({ checkScope }, use) =>
    use(async path => checkScope.file(await checkScope.getContainer(), path)),
  logs: async ({ checkScope }, use) => use(async () => checkScope.logs(await checkScope.getContainer())),
  http: async ({ checkScope }, use) =>
    use(async (path, options) => checkScope.http(await checkScope.getContainer(), path, options)),
  startContainer: async ({ checkScope }, use) => use(async options => expose(checkScope, options ?? {})),
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures that are needed from this pattern.
  target: async ({}, use) => use(getWorker().context.target),
  perPlatform: async ({ checkScope }, use) => use(values => checkScope.choose(values)),
  observe: async ({ checkScope }, use) =>
    use((name, value) => checkScope.record({ kind: 'value', name, value: toJson(name, value) })),
})

export { test as it }

async function expose(scope: CheckScope, own?: ContainerOptions): Promise<Container> {
  const handle = own === undefined ? await scope.getContainer() : await scope.startContainer(own)
  return {
    id: handle.id,
    exec: (command, options) => scope.exec(handle, command, options),
    file: path => scope.file(handle, path),
    logs: () => scope.logs(handle),
    http: (path, options) => scope.http(handle, path, options),
  }
}

function toJson(name: string, value: unknown): unknown {
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? each.toString() : each,
  )
  if (text === undefined) throw new TypeError(`observe(${JSON.stringify(name)}): the value has no JSON form`)
  return JSON.parse(text)
}
