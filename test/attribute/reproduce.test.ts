import { describe, expect, test } from 'vitest'
import { listCommands, showHeader } from '../../src/attribute/reproduce.js'
import type { Observation } from '../../src/model/observation.js'
import { command, LogWriter } from '../report/factory.js'

const log = new LogWriter(['linux/amd64', 'linux/arm/v7'])
const target = log.targets[1] as (typeof log.targets)[number]
const commandsFor = (observation: Observation | undefined) => listCommands(log.image, target, observation)
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
    expect(listCommands(image, target, command(['app']))).toEqual([
      "skopeo --override-os linux --override-arch arm --override-variant v7 copy 'oci-archive:/tmp/my clock.oci' docker-daemon:archparity-repro:linux-arm-v7",
      `${START} --entrypoint app archparity-repro:linux-arm-v7`,
    ])
  })

  test('without an image there is no command', () =>
    expect(listCommands(undefined, target, command('x'))).toEqual([]))
})

test('showHeader prints the machine of a program', () => {
  expect(showHeader(log.image, target, '/usr/bin/app')).toEqual([
    `${START} --entrypoint cat ${NAME} /usr/bin/app | head -c 20 | od -An -tx1`,
  ])
})
