import { decodeBytes } from '../compare/bytes.js'
import { describeAnswer, describeExit, labelObservation } from '../compare/fields.js'
import { type CheckRecord, lastAttempt } from '../compare/run-record.js'
import type { Evidence } from '../model/finding.js'
import type { Observation } from '../model/observation.js'
import type { Target } from '../model/target.js'
import { matchSignatures, type SignatureMatch, weighSignatures } from './signatures.js'

/** What one target's last attempt shows of why it is not as it should be. */
export interface TargetEvidence {
  readonly target: Target
  /** Most telling first. */
  readonly evidence: readonly Evidence[]
  readonly signature: SignatureMatch | undefined
  /** The observation to repeat by hand. */
  readonly leading: Observation | undefined
  /** Equal for checks that broke for what looks like one reason. */
  readonly lead: string
  /** Set where it ran into a time limit: how long that was, and what a healthy target took. Milliseconds. */
  readonly timeOut: { readonly afterMs: number; readonly healthyMs: number | undefined } | undefined
  /** Whether a program died of an instruction that the CPU does not have. */
  readonly illegalInstruction: boolean
  /** What only this target wrote. */
  readonly lines: readonly string[]
}

const MAX_TEXT = 300

/** Gathers the evidence on a target, against a healthy one where there is any. */
export function gatherEvidence(
  check: CheckRecord,
  target: Target,
  healthy: Target | undefined,
): TargetEvidence {
  const pairs = pairObservations(check, target, healthy)
  const lines = collectLines(check, target, pairs)
  const signature = weighSignatures(matchSignatures(lines, target), target)
  const broken =
    pairs.find(pair => isBroken(pair)) ?? pairs.find(pair => pair.twin !== undefined && looksDifferent(pair))
  const leading =
    signature?.observation ?? broken?.own ?? pairs.findLast(pair => pair.own.kind !== 'value')?.own
  const evidence: Evidence[] = []
  if (signature !== undefined) evidence.push(describeSignature(signature, target))
  if (broken !== undefined) {
    const outcome = describeOutcome(broken, target, healthy)
    const shown = signature?.line.trim()
    evidence.push(...outcome.filter(one => shown === undefined || one.text !== `stderr: ${cut(shown)}`))
  }
  const error = check.results.get(target.id)?.errors[0]
  if (error !== undefined) {
    const text = cut(firstLine(error.message))
    evidence.push({
      kind: 'error',
      target: target.id,
      text,
      data: { kind: error.kind, ...(error.code ? { code: error.code } : {}) },
    })
  }
  return {
    target,
    evidence,
    signature,
    leading,
    lead: nameLead(signature, broken, check, target, evidence),
    timeOut: findTimeOut(check, target, healthy, broken),
    illegalInstruction: signature?.signature.id === 'uncaught-signal-4' || pairs.some(diesOfInstruction),
    lines: lines.map(line => line.text),
  }
}

/** The command that was stopped, or the whole check where its own limit or a request's ended it. */
function findTimeOut(
  check: CheckRecord,
  target: Target,
  healthy: Target | undefined,
  broken: Pair | undefined,
): TargetEvidence['timeOut'] {
  if (broken?.own.kind === 'command' && broken.own.timedOut) {
    const { own, twin } = broken
    const isDone = twin?.kind === 'command' && !twin.timedOut
    return { afterMs: own.durationMs, healthyMs: isDone ? twin.durationMs : undefined }
  }
  const result = check.results.get(target.id)
  if (result?.errors[0]?.kind !== 'timeout') return undefined
  const other = healthy === undefined ? undefined : check.results.get(healthy.id)
  return { afterMs: result.durationMs, healthyMs: other?.durationMs }
}

function diesOfInstruction({ own, twin }: Pair): boolean {
  const dies = (one: Observation | undefined) => one?.kind === 'command' && one.signal === 'SIGILL'
  return dies(own) && !dies(twin)
}

interface Pair {
  readonly own: Observation
  readonly twin: Observation | undefined
}

/** Each observation with the healthy target's own of the same kind and place among those of its label. */
function pairObservations(check: CheckRecord, target: Target, healthy: Target | undefined): Pair[] {
  const twins = healthy === undefined ? [] : lastAttempt(check.observations, healthy.id)
  const taken = new Set<Observation>()
  return lastAttempt(check.observations, target.id).map((own, index) => {
    const label = labelObservation(own)
    const alike = (twin: Observation) => twin.kind === own.kind && !taken.has(twin)
    const twin =
      twins.find(one => alike(one) && labelObservation(one) === label) ?? atSamePlace(twins[index], alike)
    if (twin !== undefined) taken.add(twin)
    return { own, twin }
  })
}

function atSamePlace(
  twin: Observation | undefined,
  alike: (twin: Observation) => boolean,
): Observation | undefined {
  return twin !== undefined && alike(twin) ? twin : undefined
}

/** Whether an observation shows a fault by itself: another exit code than the twin's, or any but 0 without one. */
function isBroken({ own, twin }: Pair): boolean {
  if (own.kind === 'command') {
    if (twin?.kind === 'command') return describeExit(own) !== describeExit(twin)
    return own.exitCode !== 0 || own.timedOut || own.startError !== undefined
  }
  if (own.kind === 'http') {
    return twin?.kind === 'http' ? describeAnswer(own) !== describeAnswer(twin) : own.status === undefined
  }
  return own.kind === 'file' && twin?.kind === 'file' && own.exists !== twin.exists
}

function looksDifferent({ own, twin }: Pair): boolean {
  return (
    own.kind === 'command' && twin?.kind === 'command' && decodeBytes(own.stdout) !== decodeBytes(twin.stdout)
  )
}

/** What only the failing target wrote, line by line; a line that a healthy one writes too proves nothing. */
function collectLines(check: CheckRecord, target: Target, pairs: readonly Pair[]) {
  const lines: { text: string; observation?: Observation }[] = []
  for (const { own, twin } of pairs) {
    const healthy = new Set(twin === undefined ? [] : listOutput(twin))
    for (const text of listOutput(own)) if (!healthy.has(text)) lines.push({ text, observation: own })
    if (
      own.kind === 'command' &&
      own.startError === 'exec-format' &&
      !(twin?.kind === 'command' && twin.startError)
    ) {
      lines.push({ text: 'exec format error', observation: own })
    }
  }
  // An assertion quotes what the author expected, so only what was thrown counts.
  for (const error of check.results.get(target.id)?.errors ?? []) {
    if (error.kind === 'assertion') continue
    for (const text of error.message.split('\n')) lines.push({ text })
  }
  return lines
}

function listOutput(observation: Observation): string[] {
  if (observation.kind !== 'command' && observation.kind !== 'logs') return []
  return [observation.stderr, observation.stdout].flatMap(bytes => decodeBytes(bytes).split('\n'))
}

function describeSignature(match: SignatureMatch, target: Target): Evidence {
  const { id, note, confidence, cause } = match.signature
  return {
    kind: 'emulator-signature',
    target: target.id,
    text: `${note}: ${cut(match.line.trim())}`,
    data: {
      signature: id,
      confidence,
      decides: cause !== 'needs-more',
      ...(target.emulator === undefined ? {} : { emulator: target.emulator }),
    },
  }
}

function describeOutcome({ own, twin }: Pair, target: Target, healthy: Target | undefined): Evidence[] {
  const label = cut(labelObservation(own), 80)
  const against = (text: string) =>
    healthy === undefined || twin === undefined ? '' : `; on ${healthy.label}: ${text}`
  if (own.kind === 'command') {
    const other = twin?.kind === 'command' ? describeExit(twin) : ''
    const exit = describeExit(own)
    const kind = own.startError
      ? 'start-error'
      : own.timedOut
        ? 'timeout'
        : own.signal
          ? 'signal'
          : 'exit-code'
    const data = {
      exitCode: own.exitCode,
      signal: own.signal,
      startError: own.startError,
      timedOut: own.timedOut,
    }
    const found: Evidence[] =
      exit === other
        ? []
        : [{ kind, target: target.id, text: `\`${label}\`: ${sayExit(own)}${against(sayExit(twin))}`, data }]
    const line = decodeBytes(own.stderr)
      .split('\n')
      .find(text => text.trim() !== '')
    if (line !== undefined && exit !== '0')
      found.push({ kind: 'output-line', target: target.id, text: `stderr: ${cut(line.trim())}` })
    return found
  }
  if (own.kind === 'http') {
    const other = twin?.kind === 'http' ? describeAnswer(twin) : ''
    return [
      { kind: 'value', target: target.id, text: `\`${label}\`: ${describeAnswer(own)}${against(other)}` },
    ]
  }
  if (own.kind === 'file') {
    const say = (file: Observation | undefined) =>
      file?.kind === 'file' && file.exists ? 'exists' : 'does not exist'
    return [{ kind: 'value', target: target.id, text: `\`${label}\` ${say(own)}${against(say(twin))}` }]
  }
  return []
}

function sayExit(observation: Observation | undefined): string {
  if (observation?.kind !== 'command') return ''
  const exit = describeExit(observation)
  return /^\d/.test(exit) ? `exit ${exit}` : exit
}

function nameLead(
  signature: SignatureMatch | undefined,
  broken: Pair | undefined,
  check: CheckRecord,
  target: Target,
  evidence: readonly Evidence[],
): string {
  if (signature !== undefined && signature.signature.id !== 'contradiction')
    return `signature ${signature.signature.id}`
  if (broken?.own.kind === 'command') {
    const { own } = broken
    // Two programs that crash alike may share a reason; two that exit 1 need not.
    if (own.signal !== undefined || own.startError !== undefined)
      return `exit ${describeExit(own)} ${firstWord(own.command)}`
    return `exit ${describeExit(own)} ${labelObservation(own)}`
  }
  const error = check.results.get(target.id)?.errors[0]
  // A code names a reason, an assertion's message only its check's own.
  if (error?.code !== undefined && error.kind !== 'assertion') return `code ${error.code}`
  return `${check.check.id} ${evidence[0]?.text ?? ''}`
}

function firstWord(command: string | readonly string[]): string {
  return typeof command === 'string' ? (command.trim().split(/\s/, 1)[0] ?? '') : (command[0] ?? '')
}

/** The text up to the first line break. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

/** The text cut to a length that fits a line of a report. */
export function cut(text: string, length = MAX_TEXT): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
