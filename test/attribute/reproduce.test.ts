import { describe, expect, test } from 'vitest'
import { listCommands, showHeader } from '../../src/attribute/reproduce.js'
import type { HostFacts } from '../../src/model/host.js'
import type { Observation } from '../../src/model/observation.js'
import { command, LogWriter, makeHost } from '../report/factory.js'

const log = new LogWriter(['linux/amd64', 'linux/arm/v7'])
const target = log.targets[1] as (typeof log.targets)[number]
const KNOWN = { image: log.image, hosts: [makeHost('local')] }
const commandsFor = (observation: Observation | undefined) => listCommands(KNOWN, target, observation)
const START = 'docker run --rm --platform linux/arm/v7'
const NAME = `localhost:5000/lab/clock@${target.digest}`

describe('listCommands', () => {
  test.each<[string, Observation | undefined, string[]]>([
    [
      'a shell line',
      command("echo 'a b' | wc"),
      [`${START} --entrypoint sh ${NAME} -c 'echo '\\''a b'\\'' | wc'`],
    ],
    ['an argument vector', command(['app', '--x', 'a b']), [`${START} --entrypoint app ${NAME} --x 'a b'`]],
    ['arguments of the image’s own entrypoint', command(['--x'], { via: 'run' }), [`${START} ${NAME} --x`]],
    ['the image’s own command', command([], { via: 'run' }), [`${START} ${NAME}`]],
    [
      'a file',
      { kind: 'file', path: '/a b', exists: true },
      [`${START} --entrypoint ls ${NAME} -lnd '/a b'`],
    ],
    ['a request', { kind: 'http', method: 'GET', url: '/', durationMs: 1 }, [`${START} ${NAME}`]],
    ['a value', { kind: 'value', name: 'x', value: 1 }, []],
    ['nothing', undefined, [`${START} ${NAME}`]],
  ])('%s', (_, observation, expected) => expect(commandsFor(observation)).toEqual(expected))

  test('an image from an OCI layout is first given to the engine', () => {
    const image = { ...log.image, source: 'oci-archive', repository: '/tmp/my clock.oci' } as const
    expect(listCommands({ ...KNOWN, image }, target, command(['app']))).toEqual([
      "skopeo --override-os linux --override-arch arm --override-variant v7 copy 'oci-archive:/tmp/my clock.oci' docker-daemon:archparity-repro:linux-arm-v7",
      `${START} --entrypoint app archparity-repro:linux-arm-v7`,
    ])
  })

  describe('names the host', () => {
    const remote = new LogWriter(['linux/arm64'], { unplanned: true })
    const plan = (cpu?: string) =>
      remote.target('linux/arm64', {
        host: 'pi',
        execution: cpu === undefined ? 'native' : 'emulated',
        ...(cpu === undefined ? {} : { cpu }),
      })
    const image = remote.image
    const named = `localhost:5000/lab/clock@${image.platforms[0]?.manifest.digest}`
    const run = `run --rm --platform linux/arm64`
    const commandOn = (facts: Partial<HostFacts>, cpu?: string) =>
      listCommands({ image, hosts: [makeHost('pi', facts)] }, plan(cpu), command(['app']))

    test.each<[string, Partial<HostFacts>, string]>([
      ['ssh', { kind: 'ssh', endpoint: 'ssh://root@pi' }, 'docker --host ssh://root@pi'],
      ['ssh with a port', { kind: 'ssh', endpoint: 'ssh://pi:2222' }, 'docker --host ssh://pi:2222'],
      ['tcp with TLS', { kind: 'tcp', endpoint: 'tcp://pi:2376' }, 'docker --host tcp://pi:2376 --tlsverify'],
      [
        'tcp without',
        { kind: 'tcp', endpoint: 'tcp://127.0.0.1:2375' },
        'docker --host tcp://127.0.0.1:2375',
      ],
      [
        'another socket',
        { kind: 'socket', endpoint: 'unix:///run/podman/podman.sock' },
        'docker --host unix:///run/podman/podman.sock',
      ],
      ['the default socket', { kind: 'socket', endpoint: 'unix:///var/run/docker.sock' }, 'docker'],
      ['the local engine', { kind: 'local', endpoint: 'unix:///x.sock' }, 'docker'],
      [
        'a hostile endpoint',
        { kind: 'ssh', endpoint: "ssh://pi;rm -rf '/'" },
        "docker --host 'ssh://pi;rm -rf '\\''/'\\'''",
      ],
    ])('%s', (_, facts, start) =>
      expect(commandOn(facts)).toEqual([`${start} ${run} --entrypoint app ${named}`]),
    )

    test('a leg sets its CPU model', () =>
      expect(commandOn({ kind: 'ssh', endpoint: 'ssh://pi' }, 'cortex-a72')).toEqual([
        `docker --host ssh://pi ${run} --env QEMU_CPU=cortex-a72 --entrypoint app ${named}`,
      ]))

    test('a host that is not known has no command', () =>
      expect(listCommands({ image, hosts: [] }, plan(), command(['app']))).toEqual([]))

    test('an image from an OCI layout is carried there', () => {
      const layout = { ...image, source: 'oci-layout', repository: '/tmp/clock' } as const
      const hosts = [makeHost('pi')]
      expect(listCommands({ image: layout, hosts }, plan(), command(['app']))).toEqual([
        'skopeo --override-os linux --override-arch arm64 copy --quiet oci:/tmp/clock docker-archive:/dev/stdout:archparity-repro:linux-arm64 | docker --host ssh://root@pi load',
        `docker --host ssh://root@pi ${run} --entrypoint app archparity-repro:linux-arm64`,
      ])
    })
  })

  test('without an image there is no command', () =>
    expect(listCommands({ ...KNOWN, image: undefined }, target, command('x'))).toEqual([]))
})

test('showHeader prints the machine of a program', () => {
  expect(showHeader(KNOWN, target, '/usr/bin/app')).toEqual([
    `${START} --entrypoint cat ${NAME} /usr/bin/app | head -c 20 | od -An -tx1`,
  ])
})
