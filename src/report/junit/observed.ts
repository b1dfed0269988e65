import { decodeBytes } from '../../compare/bytes.js'
import { describeAnswer, describeExit, labelObservation } from '../../compare/fields.js'
import type { CapturedBytes, Observation } from '../../model/observation.js'

/** Characters of one stream that a report shows; the event log has all that was kept. */
const STREAM_LIMIT = 2000

/** What a check saw, as a transcript: each command with its exit code and the beginning of its output. */
export function describeObservations(observations: readonly Observation[]): string {
  return observations.map(describeObservation).join('\n')
}

function describeObservation(observation: Observation): string {
  const label = labelObservation(observation)
  switch (observation.kind) {
    case 'command':
      return join(`$ ${label}`, `exit: ${describeExit(observation)}`, showStreams(observation))
    case 'http':
      return join(label, `status: ${describeAnswer(observation)}`, showBytes('body', observation.body))
    case 'file':
      return join(`file ${label}: ${observation.exists ? describeFile(observation) : 'does not exist'}`)
    case 'logs':
      return join(label, showStreams(observation))
    case 'value':
      return join(
        `value ${label}: ${(JSON.stringify(observation.value) ?? 'undefined').slice(0, STREAM_LIMIT)}`,
      )
  }
}

function describeFile(file: Extract<Observation, { kind: 'file' }>): string {
  const owner = file.uid === undefined ? undefined : `${file.uid}:${file.gid ?? '?'}`
  const link = file.linkTarget === undefined ? undefined : `-> ${file.linkTarget}`
  const machine = file.elfMachine === undefined ? undefined : `ELF ${file.elfMachine}`
  return [file.type, file.mode, owner, link, machine].filter(part => part !== undefined).join(' ')
}

function showStreams(streams: { stdout: CapturedBytes; stderr: CapturedBytes }): string {
  return join(showBytes('stdout', streams.stdout), showBytes('stderr', streams.stderr))
}

function showBytes(name: string, captured: CapturedBytes | undefined): string {
  if (captured === undefined || captured.bytes === 0) return ''
  const text = decodeBytes(captured)
  const shown = text.slice(0, STREAM_LIMIT).replace(/\n$/, '')
  const rest =
    text.length > STREAM_LIMIT || captured.truncated ? ` (the beginning of ${captured.bytes} bytes)` : ''
  return `${name}${rest}:\n${shown.replace(/^/gm, '  ')}`
}

function join(...parts: string[]): string {
  return parts.filter(part => part !== '').join('\n')
}
