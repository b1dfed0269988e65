import { randomUUID } from 'node:crypto'
import type Docker from 'dockerode'
import { beforeAll, expect, test } from 'vitest'
import { findShell } from '../../src/pull/find-shell.js'
import { buildLayer, type FileEntry } from '../lab/layer.js'
import { AMD64, S390X } from '../lab/platforms.js'
import { connectTestEngine } from '../worker/test-container.js'
import { loadTestImage } from '../worker/test-image.js'

let engine: Docker
beforeAll(async () => {
  engine = await connectTestEngine()
})

const program = { content: 'x', mode: 0o755 }

test.each<[string, FileEntry[], string | undefined]>([
  ['a program', [{ path: 'bin/sh', ...program }], '/bin/sh'],
  [
    'a link',
    [
      { path: 'bin/busybox', ...program },
      { path: 'bin/sh', link: 'busybox' },
    ],
    '/bin/sh',
  ],
  [
    'a link to a link',
    [
      { path: 'usr/bin/dash', ...program },
      { path: 'bin', link: 'usr/bin' },
      { path: 'usr/bin/sh', link: 'dash' },
    ],
    '/bin/sh',
  ],
  ['a debug image’s', [{ path: 'busybox/sh', ...program }], '/busybox/sh'],
  [
    'the next, where the first leads nowhere',
    [
      { path: 'bin/sh', link: '/nowhere' },
      { path: 'bin/bash', ...program },
    ],
    '/bin/bash',
  ],
  [
    'the next, where the first is a loop',
    [
      { path: 'bin/sh', link: 'sh' },
      { path: 'bin/ash', ...program },
    ],
    '/bin/ash',
  ],
  ['none that may not be executed', [{ path: 'bin/sh', content: 'x', mode: 0o644 }], undefined],
  ['no folder of that name', [{ path: 'bin/sh', directory: true }], undefined],
  ['none', [{ path: 'app', ...program }], undefined],
  ['none below what is no folder', [{ path: 'bin', content: '' }], undefined],
])('%s', async (_, files, expected) => {
  const { name } = await loadTestImage(engine, S390X, [await buildLayer(files)], {})
  const mark = randomUUID()
  const label = { 'org.archparity.test': mark }
  expect(await findShell(engine, name, label)).toBe(expected)
  const left = await engine.listContainers({
    all: true,
    filters: { label: [`org.archparity.test=${mark}`] },
  })
  expect(left).toEqual([])
})

test('an image with an entrypoint and nothing else', async () => {
  const { name } = await loadTestImage(engine, AMD64, [await buildLayer([{ path: 'app', ...program }])], {
    Entrypoint: ['/app'],
  })
  expect(await findShell(engine, name, {})).toBeUndefined()
})

test('an image that is not there is an error', async () => {
  await expect(findShell(engine, `sha256:${'0'.repeat(64)}`, {})).rejects.toThrow(/No such image/)
})
