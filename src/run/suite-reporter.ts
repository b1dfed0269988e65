import { fileURLToPath } from 'node:url'
import type {
  Reporter,
  SerializedError,
  TestCase,
  TestModule,
  TestRunEndReason,
  TestSuite,
} from 'vitest/node'
import { nameSuiteFile, readBuiltinName } from '../builtin/suite-names.js'
import { type CheckError, type CheckRef, makeCheckId } from '../model/check.js'
import type { Pass, RunEvent, SuiteErrored } from '../model/events.js'
import type { Status } from '../model/status.js'

/** Frames of archparity itself only stand between the reader and the line of the suite. */
const OWN_FILES = ['../../src/', '../../dist/'].map(each => fileURLToPath(new URL(each, import.meta.url)))

/** Which target and pass a vitest project stands for. */
export interface ProjectMeaning {
  readonly target: string
  readonly pass: Pass
}

/** Turns what vitest reports into events. Projects are found by their name. */
export class SuiteReporter implements Reporter {
  private readonly meanings: ReadonlyMap<string, ProjectMeaning>
  private readonly root: string
  private readonly emit: (event: RunEvent) => void
  private readonly isCancelled: () => boolean
  /** With `-t`, checks that do not match are not part of the run. */
  private readonly namePattern: RegExp | undefined
  /** Workers may say a result twice. */
  private readonly reported = new Set<string>()

  constructor(
    meanings: ReadonlyMap<string, ProjectMeaning>,
    root: string,
    namePattern: RegExp | undefined,
    emit: (event: RunEvent) => void,
    isCancelled: () => boolean,
  ) {
    this.isCancelled = isCancelled
    this.meanings = meanings
    this.root = root
    this.namePattern = namePattern
    this.emit = emit
  }

  onTestCaseResult(test: TestCase): void {
    const meaning = this.meanings.get(test.project.name)
    if (meaning === undefined || !this.isWanted(test)) return
    const result = test.result()
    if (result.state === 'pending') return
    // Vitest says skipped also of what it broke off; left without a result it counts as inconclusive.
    if (result.state === 'skipped' && test.options.mode === 'run' && this.isCancelled()) return
    if (this.reported.has(test.id)) return
    this.reported.add(test.id)
    const setUpErrors = result.state === 'skipped' && test.options.mode === 'run' ? findSetUpErrors(test) : []
    const errors = [...(result.errors ?? []), ...setUpErrors].map(describeSuiteError)
    const diagnostic = test.diagnostic()
    const status = chooseStatus(result.state, errors, setUpErrors.length > 0)
    this.emit({
      type: 'check-finished',
      ...meaning,
      check: describeCheck(test, this.root),
      status,
      durationMs: Math.round((test.meta().archparityMs ?? diagnostic?.duration ?? 0) * 1000) / 1000,
      attempts: (diagnostic?.retryCount ?? 0) + 1,
      flaky: diagnostic?.flaky ?? false,
      errors,
      ...(result.state === 'skipped' && result.note !== undefined ? { reason: result.note } : {}),
    })
  }

  onTestModuleEnd(module: TestModule): void {
    const meaning = this.meanings.get(module.project.name)
    if (meaning === undefined) return
    const errors = module.errors()
    const file = nameSuiteFile(this.root, module.moduleId)
    const tests = [...module.children.allTests()]
    // Vitest has an error of its own for a file without tests, but it is not the file's fault in the same way.
    if (tests.length === 0) this.emitEmpty(meaning, file, errors)
    else for (const error of errors) this.emitBroken(meaning, file, error)
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    for (const module of modules) {
      const meaning = this.meanings.get(module.project.name)
      const state = module.state()
      if (meaning === undefined || reason === 'interrupted') continue
      if (state !== 'pending' && state !== 'queued') continue
      const file = nameSuiteFile(this.root, module.moduleId)
      const message = 'The worker process that ran this file ended before the file did'
      this.emit({ type: 'suite-errored', ...meaning, file, code: 'worker-lost', message })
    }
    const first = this.meanings.values().next().value
    if (first === undefined) return
    for (const error of unhandled) {
      const file =
        typeof error.VITEST_TEST_PATH === 'string' ? nameSuiteFile(this.root, error.VITEST_TEST_PATH) : ''
      this.emit({
        type: 'suite-errored',
        ...first,
        file,
        code: 'unhandled',
        message: error.message,
        ...stackOf(error),
      })
    }
  }

  private emitEmpty(meaning: ProjectMeaning, file: string, errors: readonly SerializedError[]): void {
    const broken = errors.filter(error => !/No test (suite )?found/.test(error.message))
    if (broken.length === 0) {
      const message = 'The file declares no checks'
      this.emit({ type: 'suite-errored', ...meaning, file, code: 'suite-empty', message })
    }
    for (const error of broken) this.emitBroken(meaning, file, error)
  }

  private emitBroken(meaning: ProjectMeaning, file: string, error: SerializedError): void {
    const event: SuiteErrored = {
      type: 'suite-errored',
      ...meaning,
      file,
      code: 'suite-broken',
      message: nameError(error),
      ...stackOf(error),
    }
    this.emit(event)
  }

  private isWanted(test: TestCase): boolean {
    return this.namePattern === undefined || this.namePattern.test(joinNames(test))
  }
}

/** The text that vitest matches `-t` against: not its full name, since a name may itself hold a ` > `. */
function joinNames(test: TestCase): string {
  const names = [test.name]
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) names.unshift(parent.name)
  return names.join(' ')
}

function describeCheck(test: TestCase, root: string): CheckRef {
  const file = nameSuiteFile(root, test.module.moduleId)
  const twins = [...test.module.children.allTests()].filter(each => each.fullName === test.fullName)
  return {
    id: makeCheckId(
      file,
      test.fullName,
      Math.max(
        0,
        twins.findIndex(each => each.id === test.id),
      ),
    ),
    file,
    name: test.fullName,
    ...(test.location === undefined || readBuiltinName(file) !== undefined
      ? {}
      : { line: test.location.line }),
  }
}

/** Errors of hooks above a check that vitest skipped because of them. */
function findSetUpErrors(test: TestCase): SerializedError[] {
  const errors: SerializedError[] = []
  let parent: TestSuite | TestModule = test.parent
  for (;;) {
    errors.push(...parent.errors())
    if (parent.type === 'module') return errors
    parent = parent.parent
  }
}

function describeSuiteError(error: SerializedError): CheckError {
  const kind = classify(error)
  return {
    kind,
    ...(typeof error.code === 'string' ? { code: error.code } : {}),
    message: kind === 'exception' && error.archparity === undefined ? nameError(error) : error.message,
    ...(typeof error.diff === 'string' ? { diff: error.diff } : {}),
    ...stackOf(error),
  }
}

const KINDS: readonly CheckError['kind'][] = ['assertion', 'exception', 'timeout', 'guard', 'infrastructure']

function classify(error: SerializedError): CheckError['kind'] {
  const told = KINDS.find(kind => kind === error.archparity)
  if (told !== undefined) return told
  if (error.name === 'AssertionError' || error.name === 'AssertionError [ERR_ASSERTION]') return 'assertion'
  // Vitest gives its own time limit no other mark.
  if (error.name === 'Error' && /^(Test|Hook) timed out in \d+ms/.test(error.message)) return 'timeout'
  return 'exception'
}

function chooseStatus(
  state: 'passed' | 'failed' | 'skipped',
  errors: readonly CheckError[],
  brokenSetUp: boolean,
): Status {
  if (brokenSetUp) return 'errored'
  if (state !== 'failed') return state
  // The guard's word stands even where the engine failed afterwards.
  if (errors.some(error => error.kind === 'guard')) return 'failed'
  return errors.some(error => error.kind === 'infrastructure') ? 'errored' : 'failed'
}

function nameError(error: SerializedError): string {
  return error.name && error.name !== 'Error' && !error.message.startsWith(error.name)
    ? `${error.name}: ${error.message}`
    : error.message
}

function stackOf(error: SerializedError): { stack?: string } {
  const frames = (
    error.stacks as { file?: string; line?: number; column?: number; method?: string }[] | undefined
  )
    ?.filter(frame => !OWN_FILES.some(each => frame.file?.startsWith(each)))
    .slice(0, 10)
    .map(frame => `${frame.method || '<anonymous>'} ${frame.file}:${frame.line}:${frame.column}`)
    .join('\n')
  return frames ? { stack: frames } : {}
}
