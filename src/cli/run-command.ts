import path from 'node:path'
import { ArchparityError, type ErrorCode } from '../errors.js'
import type { Host } from '../hosts/host.js'
import { buildRunReport } from '../report/run-report.js'
import { runImage } from '../run/run-image.js'
import { killChildren, removeRunContainers } from '../run/sweep.js'
import { openTemporaryDirectory } from '../run/temporary-directory.js'
import { listenForInterrupt } from './interrupt.js'
import type { SettingFlags } from './options.js'
import { presentReport } from './present-report.js'
import { printError } from './print-error.js'
import { createProgress } from './progress.js'
import { gatherSettings } from './settings.js'

/** Flags of `run` beyond the settings. */
export interface RunFlags extends SettingFlags {
  readonly config?: string
  readonly testNamePattern?: string
}

/** `archparity run`: runs, shows, writes the reports, and returns the exit code. */
export async function runCommand(
  image: string | undefined,
  filters: readonly string[],
  flags: RunFlags,
  version: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const { image: named, settings, root } = await gatherSettings(image, flags)
  const out = process.stderr
  const live = out.isTTY === true && !process.env.CI
  const progress = createProgress(out, live)
  const temporary = openTemporaryDirectory()
  let runId = ''
  let hosts: readonly Host[] = []
  const interruption = listenForInterrupt(
    () => out.write('stopping: containers are being removed; once more to stop at once\n'),
    async () => {
      // What holds the way to a host is needed for cleaning up there; it ends with this process.
      killChildren(hosts.map(host => host.pid))
      if (runId !== '') await Promise.allSettled(hosts.map(host => removeRunContainers(host.engine, runId)))
      temporary.close()
    },
  )
  try {
    const outcome = await runImage({
      image: named,
      settings,
      root,
      filters,
      version,
      temporary,
      env,
      signal: interruption.signal,
      ...(flags.testNamePattern === undefined ? {} : { testNamePattern: flags.testNamePattern }),
      onEvent: event => {
        if (event.type === 'run-started') runId = event.runId
        progress.onEvent(event)
      },
      onHosts: connected => {
        hosts = connected
      },
      onPull: progress.onPull,
      onNotice: progress.onNotice,
    })
    progress.stop()
    const report = buildRunReport(outcome.events)
    const directory = path.resolve(root, settings.reports)
    const failed = report.record.finished?.error
    const code = presentReport(
      report,
      directory,
      outcome.logProblem === undefined ? { file: outcome.log } : { problem: outcome.logProblem },
    )
    if (failed !== undefined)
      printError(new ArchparityError(failed.code as ErrorCode, failed.message, failed))
    return code
  } finally {
    progress.stop()
    interruption.stop()
    temporary.close()
  }
}
