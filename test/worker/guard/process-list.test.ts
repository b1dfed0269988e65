import { expect, test } from 'vitest'
import { findEmulator, isEngineInit, listProcesses } from '../../../src/worker/guard/process-list.js'
import { AMD64, S390X } from '../../lab/platforms.js'
import { connectTestEngine, startIdleContainer } from '../test-container.js'
import { buildBusybox, loadTestImage } from '../test-image.js'

test.each([
  ['/usr/libexec/qemu-binfmt/aarch64-binfmt-P /bin/sh /bin/sh', 'qemu-aarch64'],
  ['/usr/libexec/qemu-binfmt/arm-binfmt-P /bin/sh sh -c x', 'qemu-arm'],
  ['/usr/bin/qemu-aarch64-static /bin/sh', 'qemu-aarch64'],
  ['/usr/bin/qemu-aarch64 /bin/sh', 'qemu-aarch64'],
  ['/usr/bin/qemu-s390x -cpu max /bin/sh', 'qemu-s390x'],
  ['qemu-ppc64le-static /bin/sh', 'qemu-ppc64le'],
  ['/usr/bin/qemu-x86_64-static /bin/sh', 'qemu-x86_64'],
  ['/run/rosetta/rosetta /bin/sh', 'rosetta'],
  ['/usr/bin/FEXInterpreter /bin/sh', 'FEXInterpreter'],
  ['/usr/bin/box64 /bin/app', 'box64'],
])('%j shows an emulator', (args, emulator) => {
  expect(findEmulator(args)).toBe(emulator)
})

test.each([
  '/bin/sh',
  'sh -c /usr/bin/qemu-aarch64-static',
  '/usr/bin/qemu-img info disk',
  '/usr/local/bin/qemulator',
  '/usr/bin/aarch64-linux-gnu-gcc',
  'nginx: master process nginx',
  '[kworker/0:1]',
  '',
])('%j shows the program itself', args => {
  expect(findEmulator(args)).toBeUndefined()
})

test.each([
  ['/sbin/docker-init -- /bin/sh', true],
  ['/usr/bin/tini -s -- app', true],
  ['/usr/libexec/podman/catatonit -- app', true],
  ['/run/podman-init -- app', true],
  ['/bin/sh /sbin/docker-init', false],
  ['/usr/bin/tinier', false],
  ['/sbin/init', false],
])('%j is the engine’s init: %s', (args, expected) => {
  expect(isEngineInit(args)).toBe(expected)
})

test.each([
  [AMD64, undefined],
  [S390X, 'qemu-s390x'],
])('the engine’s list of a container of $debian', async (platform, emulator) => {
  const engine = await connectTestEngine()
  const { name } = await loadTestImage(engine, platform, await buildBusybox(platform))
  const container = await startIdleContainer(engine, name)
  const listed = await listProcesses(container)
  expect(listed.map(({ args }) => [isEngineInit(args), findEmulator(args)])).toEqual([
    [true, undefined],
    [false, emulator],
  ])
  const { State } = await container.inspect()
  expect(listed[0]?.pid).toBe(State.Pid)
})
