import { afterAll } from 'vitest'
import type { Platform } from '../../model/platform.js'
import { expandVariables } from '../../suites/structure-test/expand-variables.js'
import { findSkip, isOf } from '../../suites/structure-test/find-skip.js'
import { judgeFile } from '../../suites/structure-test/judge-file.js'
import { DEBIAN_ROOT, EXEMPT_PACKAGES, judgeLicense } from '../../suites/structure-test/judge-license.js'
import { judgeMetadata, listAskedValues, readEnv } from '../../suites/structure-test/judge-metadata.js'
import { judgePatterns } from '../../suites/structure-test/judge-output.js'
import { nameCheck } from '../../suites/structure-test/name-check.js'
import {
  type FileContentCheck,
  type FileExistenceCheck,
  isServiceCheck,
  type LicenseCheck,
  type MetadataCheck,
  type ServiceCheck,
  type StructureCheck,
  type StructureSuite,
} from '../../suites/structure-test/structure-suite.js'
import type { CheckScope } from '../check-scope.js'
import { throwProblems } from '../declared/expectation-error.js'
import { StoredImage } from '../declared/stored-image.js'
import { CheckFailure } from '../failure.js'
import { test, useContainer } from '../suite.js'
import { getWorker } from '../worker.js'
import { CommandRunner } from './command-runner.js'
import { makeServiceOptions } from './container-options.js'
import { chooseWithin, judgeService } from './service-runner.js'

type SharedPart = Omit<StructureSuite, 'checks'>

/** Declares the checks of one file of container-structure-test to vitest, each as a test of the name that it has there. */
export function createStructureRunner(shared: SharedPart): (check: StructureCheck) => void {
  const service = makeServiceOptions(shared)
  useContainer(shared.service === undefined ? false : service)
  const image = new StoredImage()
  const commands = new CommandRunner(shared)
  afterAll(async () => {
    await Promise.all([image.close(), commands.close()])
  })
  const declared: StructureCheck[] = []
  return check => {
    const own = chooseVariant(check, getWorker().context.target.platform)
    const index = declared.push(own) - 1
    test(nameCheck(check), chooseTimeout(check), async ({ checkScope, target, skip, task }) => {
      const reason = findSkip(check, target.platform)
      if (reason !== undefined) skip(reason)
      // Vitest has the checks of a file in the order in which they were declared.
      const listNext = () =>
        declared.slice(index + 1).filter((each, place) => {
          const next = task.file.tasks[index + 1 + place]
          return next?.mode === 'run' && findSkip(each, target.platform) === undefined
        })
      const problems = isServiceCheck(own)
        ? judgeService(own, checkScope, service)
        : judge(own, checkScope, image, commands, listNext)
      throwProblems(await problems)
    })
  }
}

/** A time limit of the check's own must not be cut by that of all checks. */
function chooseTimeout(check: StructureCheck): { timeout?: number } {
  if (isServiceCheck(check)) {
    const { timeScale, limits } = getWorker().context
    const once = check.timeoutMs === undefined ? limits.commandTimeoutMs : check.timeoutMs * timeScale
    return { timeout: Math.round(chooseWithin(check) + once + limits.startTimeoutMs) }
  }
  if (check.timeoutMs === undefined) return {}
  const commands = check.kind === 'command' ? check.setup.length + 1 : 1
  const { timeScale, limits } = getWorker().context
  return { timeout: Math.round(commands * check.timeoutMs * timeScale + limits.startTimeoutMs) }
}

/** The check as the platform expects it. */
function chooseVariant(check: StructureCheck, platform: Platform): StructureCheck {
  const own = check.perPlatform?.find(variant => isOf(variant.platform, platform))
  return own === undefined
    ? check
    : {
        ...(check.skip === undefined ? {} : { skip: check.skip }),
        ...own.check,
        ...(check.timeoutMs === undefined ? {} : { timeoutMs: check.timeoutMs }),
      }
}

async function judge(
  check: Exclude<StructureCheck, ServiceCheck>,
  scope: CheckScope,
  image: StoredImage,
  commands: CommandRunner,
  listNext: () => readonly StructureCheck[],
): Promise<string[]> {
  switch (check.kind) {
    case 'command':
      return commands.judge(check, scope, listNext)
    case 'file-existence':
      return judgeExistence(check, scope, image)
    case 'file-content':
      return judgeContent(check, scope, image)
    case 'metadata':
      return judgeConfig(check, scope)
    case 'license':
      return judgeLicenses(check, scope, image)
  }
}

async function judgeExistence(
  check: FileExistenceCheck,
  scope: CheckScope,
  image: StoredImage,
): Promise<string[]> {
  const path = expandPath(check.path)
  const facts = await image.stat(scope, path)
  if (facts !== undefined && facts.uid === undefined && (check.uid ?? check.gid) !== undefined)
    throw new CheckFailure(
      'infrastructure',
      'FILE_UNKNOWN',
      `${path}: Podman does not tell to whom files belong, so uid and gid cannot be checked there`,
    )
  return judgeFile({ ...check, path }, facts)
}

async function judgeContent(
  check: FileContentCheck,
  scope: CheckScope,
  image: StoredImage,
): Promise<string[]> {
  const path = expandPath(check.path)
  const { bytes, problem } = await image.read(scope, path)
  if (bytes === undefined) return [problem ?? `${path} cannot be read`]
  return judgePatterns(path, bytes, check.expectedContents, check.excludedContents)
}

async function judgeConfig(check: MetadataCheck, scope: CheckScope): Promise<string[]> {
  const { imageConfig } = getWorker().context
  scope.record({ kind: 'value', name: 'metadata', value: listAskedValues(check, imageConfig) })
  return judgeMetadata(check, imageConfig)
}

async function judgeLicenses(check: LicenseCheck, scope: CheckScope, image: StoredImage): Promise<string[]> {
  const problems: string[] = []
  const files = check.files.map(expandPath)
  if (check.debian) {
    const folders = await image.listFolders(DEBIAN_ROOT)
    if (folders === undefined) problems.push(`${DEBIAN_ROOT} does not exist`)
    const packages = (folders ?? []).filter(name => !EXEMPT_PACKAGES.includes(name))
    files.unshift(...packages.map(name => `${DEBIAN_ROOT}/${name}/copyright`))
  }
  for (const file of files) problems.push(...judgeLicense(file, (await image.read(scope, file)).bytes))
  return problems
}

/** Variables of the image's own environment, as that tool puts them into paths. */
function expandPath(path: string): string {
  const env = readEnv(getWorker().context.imageConfig.env)
  return expandVariables(path, name => env.get(name))
}
