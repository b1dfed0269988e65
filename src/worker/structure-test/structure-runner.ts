import { afterAll } from 'vitest'
import { expandVariables } from '../../suites/structure-test/expand-variables.js'
import { judgeFile } from '../../suites/structure-test/judge-file.js'
import { DEBIAN_ROOT, EXEMPT_PACKAGES, judgeLicense } from '../../suites/structure-test/judge-license.js'
import { judgeMetadata, listAskedValues, readEnv } from '../../suites/structure-test/judge-metadata.js'
import { judgePatterns } from '../../suites/structure-test/judge-output.js'
import type {
  FileContentCheck,
  FileExistenceCheck,
  LicenseCheck,
  MetadataCheck,
  StructureCheck,
  StructureSuite,
} from '../../suites/structure-test/structure-suite.js'
import type { CheckScope } from '../check-scope.js'
import { throwProblems } from '../declared/expectation-error.js'
import { StoredImage } from '../declared/stored-image.js'
import { test, useContainer } from '../suite.js'
import { getWorker } from '../worker.js'
import { CommandRunner } from './command-runner.js'

type SharedPart = Omit<StructureSuite, 'checks'>

/** Declares the checks of one file of container-structure-test to vitest, each as a test of the name that it has there. */
export function createStructureRunner(shared: SharedPart): (check: StructureCheck) => void {
  useContainer(false)
  const image = new StoredImage()
  const commands = new CommandRunner(shared)
  afterAll(async () => {
    await Promise.all([image.close(), commands.close()])
  })
  return check =>
    test(nameCheck(check), async ({ checkScope }) =>
      throwProblems(await judge(check, checkScope, image, commands)),
    )
}

/** That tool's own names, which people's dashboards know. */
function nameCheck(check: StructureCheck): string {
  const titles = {
    command: 'Command Test',
    'file-existence': 'File Existence Test',
    'file-content': 'File Content Test',
    metadata: 'Metadata Test',
    license: 'License Test',
  } as const
  return check.name === '' ? titles[check.kind] : `${titles[check.kind]}: ${check.name}`
}

async function judge(
  check: StructureCheck,
  scope: CheckScope,
  image: StoredImage,
  commands: CommandRunner,
): Promise<string[]> {
  switch (check.kind) {
    case 'command':
      return commands.judge(check, scope)
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
  return judgeFile({ ...check, path }, await image.stat(scope, path))
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
