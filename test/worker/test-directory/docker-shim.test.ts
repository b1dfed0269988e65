import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { writeDockerShim } from '../../../src/worker/test-directory/docker-shim.js'
import { makeFolder } from '../../run/temporary.js'

const OWN = [
  '--label',
  "a=it's",
  '--label',
  'b=2',
  '--env',
  'QEMU_CPU=max',
  '--label',
  'org.archparity.script=id 1',
]

test.each([
  [
    ['run', '--rm', 'image', 'a b', ''],
    ['run', ...OWN, '--rm', 'image', 'a b', ''],
  ],
  [
    ['create', 'image'],
    ['create', ...OWN, 'image'],
  ],
  [
    ['container', 'run', 'image'],
    ['container', 'run', ...OWN, 'image'],
  ],
  [
    ['container', 'ls', '-a'],
    ['container', 'ls', '-a'],
  ],
  [['container'], ['container']],
  [
    ['exec', 'run', 'create'],
    ['exec', 'run', 'create'],
  ],
  [['--version'], ['--version']],
  [[], []],
])('%j', async (given, expected) => {
  const folder = await makeFolder()
  const real = path.join(folder, 'the real one')
  await writeFile(real, '#!/bin/sh\n[ $# -eq 0 ] || printf "%s\\n" "$@"\nexit 7\n')
  await chmod(real, 0o755)
  await writeDockerShim(folder, real, { a: "it's", b: '2' }, { QEMU_CPU: 'max' })
  const result = await execa(path.join(folder, 'docker'), given, {
    ...{ reject: false, stripFinalNewline: false, env: { ARCHPARITY_SCRIPT: 'id 1' } },
  })
  expect(result.stdout).toBe(expected.map(word => `${word}\n`).join(''))
  expect(result.exitCode).toBe(7)
})
