import { expect, test } from 'vitest'
import { listFields } from '../../src/compare/fields.js'
import type { CommandObservation } from '../../src/model/observation.js'

test.each<[CommandObservation['via'], string[]]>([
  ['exec', ['exit code', 'stdout', 'stderr']],
  ['run', ['exit code', 'stdout', 'stderr']],
  // The engine's client speaks there, too.
  ['script', ['exit code', 'stdout']],
])('of a command by %s', (via, names) => {
  const bytes = { text: 'x', bytes: 1, truncated: false }
  const fields = listFields({
    kind: 'command',
    via,
    command: 'x',
    exitCode: 0,
    timedOut: false,
    stdout: bytes,
    stderr: bytes,
    durationMs: 1,
  })
  expect([...fields.keys()]).toEqual(names)
})
