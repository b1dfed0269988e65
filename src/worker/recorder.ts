import type { CheckRef } from '../model/check.js'
import type { Observation } from '../model/observation.js'
import type { Expectation } from '../model/per-platform.js'
import type { WorkerContext } from './context.js'
import type { EventChannel } from './event-channel.js'

/** Records what one attempt of one check sees, in order. */
export interface Recorder {
  readonly check: CheckRef
  record(observation: Observation): void
  /** Records what the check expects per platform. */
  expect(expectation: Expectation): void
}

/** Makes the recorder of a check's attempt and announces that the attempt has begun. */
export function startRecorder(
  context: WorkerContext,
  channel: EventChannel,
  check: CheckRef,
  attempt: number,
): Recorder {
  const { target, pass } = context
  let seq = 0
  let expected = 0
  if (attempt === 0) channel.send({ type: 'check-started', target: target.id, pass, check })
  return {
    check,
    record: observation => {
      channel.send({
        type: 'observation',
        target: target.id,
        pass,
        check: check.id,
        attempt,
        seq,
        observation,
      })
      seq += 1
    },
    expect: expectation => {
      channel.send({
        type: 'value-expected',
        target: target.id,
        pass,
        check: check.id,
        attempt,
        seq: expected,
        expectation,
      })
      expected += 1
    },
  }
}
