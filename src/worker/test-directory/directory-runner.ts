import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { formatPlatform } from '../../model/platform.js'
import { findSkip } from '../../suites/structure-test/find-skip.js'
import { judgeStdOut } from '../../suites/test-directory/judge-std-out.js'
import type { TestDirectory, TestDirectoryCheck } from '../../suites/test-directory/test-directory.js'
import type { CheckScope } from '../check-scope.js'
import { throwProblems } from '../declared/expectation-error.js'
import { StoredImage } from '../declared/stored-image.js'
import { CheckFailure } from '../failure.js'
import { test, useContainer } from '../suite.js'
import { getWorker } from '../worker.js'
import { SCRIPT_VARIABLE, writeDockerShim } from './docker-shim.js'
import { findCommand, isExecutable, runScript } from './run-script.js'
import { type ScriptContainer, ScriptContainers } from './script-containers.js'
import { ScriptImageName } from './script-image-name.js'

/** What a script may need beyond its time limit to be ended and cleaned up after. */
const CLOSING_MS = 20_000

/** Variables of the runner, which a script that is started by hand does not see; those of another engine. */
const OWN_VARIABLES =
  /^(VITEST|VITE_|TESTCONTAINERS_|DOCKER_(HOST|CONTEXT|TLS|TLS_VERIFY|CERT_PATH|DEFAULT_PLATFORM)$|(TEST|NODE_ENV|DEV|PROD|MODE|SSR|BASE_URL|NO_COLOR|FORCE_COLOR)$)/

/** Declares the check of one directory: its script is given the platform's image, and nothing else. */
export function createDirectoryRunner({
  script,
}: Omit<TestDirectory, 'checks'>): (check: TestDirectoryCheck) => void {
  useContainer(false)
  const image = new StoredImage()
  const name = new ScriptImageName()
  afterAll(async () => {
    await Promise.all([image.close(), name.close()])
  })
  return check => {
    const { context } = getWorker()
    const timeoutMs =
      check.timeoutMs === undefined ? context.limits.commandTimeoutMs : check.timeoutMs * context.timeScale
    const timeout = Math.round(timeoutMs + CLOSING_MS)
    test(check.name, { timeout }, async ({ checkScope, target, skip }) => {
      const reason = findSkip(check, target.platform)
      if (reason !== undefined) skip(reason)
      throwProblems(await judgeScript(script, check, timeoutMs, checkScope, image, name))
    })
  }
}

async function judgeScript(
  script: string,
  check: TestDirectoryCheck,
  timeoutMs: number,
  scope: CheckScope,
  image: StoredImage,
  name: ScriptImageName,
): Promise<string[]> {
  const { context, engine } = getWorker()
  const file = path.resolve(context.root, script)
  if (!(await isExecutable(file))) return [`${script} is not executable: chmod +x ${script}`]
  const searchPath = process.env.PATH ?? ''
  const docker = await findCommand('docker', searchPath)
  if (docker === undefined)
    throw new CheckFailure(
      'infrastructure',
      'DOCKER_MISSING',
      'The script needs the docker command, which is not in PATH (Debian: apt-get install docker.io or docker-ce-cli)',
    )
  const directory = await mkdtemp(path.join(findTemporary(context.eventSocket), 'script-'))
  const id = randomUUID()
  const containers = new ScriptContainers(engine, id)
  try {
    await writeDockerShim(directory, docker, context.labels, context.env)
    await containers.open()
    const outcome = await runScript({
      file,
      args: [await name.open()],
      cwd: context.root,
      env: {
        ...listUserVariables(),
        PATH: `${directory}${path.delimiter}${searchPath}`,
        DOCKER_HOST: process.env.DOCKER_HOST ?? '',
        // So that what the script builds on the image, or pulls beside it, is of the same platform.
        DOCKER_DEFAULT_PLATFORM: formatPlatform({ ...context.target.platform, osVersion: '' }),
        [SCRIPT_VARIABLE]: id,
      },
      timeoutMs,
      maxOutputBytes: context.limits.maxOutputBytes,
      signal: scope.signal,
    })
    await judgePrograms(await containers.close(), scope, image)
    const { exitCode, stdout, truncated } = scope.finishScript(script, outcome)
    const problems = exitCode === 0 ? [] : [`${script} ended with exit code ${exitCode}`]
    if (check.expected === undefined) return problems
    if (truncated)
      throw new CheckFailure(
        'exception',
        'OUTPUT_TRUNCATED',
        'The output is longer than what is kept of it, so it cannot be compared with expected-std-out.txt: raise maxOutput',
      )
    return [
      ...problems,
      ...[judgeStdOut(check.expected, Buffer.from(stdout))].filter(each => each !== undefined),
    ]
  } finally {
    await containers.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** The programs that the script started of the image: which they are is read from the image itself. */
async function judgePrograms(
  containers: readonly ScriptContainer[],
  scope: CheckScope,
  image: StoredImage,
): Promise<void> {
  if (containers.length === 0) return
  const stored = await image.open()
  const { Image: own } = await stored.inspect()
  const programs = containers.flatMap(({ imageId, argv }) => (imageId === own ? argv.slice(0, 1) : []))
  for (const program of new Set(programs)) await scope.judgeProgram(stored, program)
}

/** Beside the run's own socket, where also a run that was killed is cleaned up after. */
const findTemporary = (socket: string | undefined): string =>
  socket === undefined ? tmpdir() : path.dirname(socket)

function listUserVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || OWN_VARIABLES.test(name) ? [] : [[name, value]],
    ),
  )
}
