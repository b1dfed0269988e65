import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Advice } from '../../src/doctor/advice.js'
import type { HostFacts } from '../../src/model/host.js'
import { createProject, runCli } from '../lab/cli.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { SSH_LOGINS } from '../lab/hosts/ssh-access.js'
import { type SshHost, startSshHost } from '../lab/hosts/ssh-host.js'

interface Answer {
  readonly hosts: readonly {
    readonly name: string
    readonly reached: boolean
    readonly code?: string
    readonly facts?: HostFacts
    readonly aliases?: readonly string[]
    readonly platforms?: readonly { readonly platform: string; readonly execution?: string }[]
    readonly advice: readonly Advice[]
  }[]
}

const problem = await findHostProblem('ssh')

const NOWHERE = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }

async function runDoctor(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
  config?: string,
) {
  const project = await createProject(config === undefined ? {} : { config })
  return await runCli(['doctor', ...flags], { cwd: project.directory, env })
}

async function readAnswer(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { stdout, exitCode } = await runDoctor([...flags, '--json'], env)
  return { answer: JSON.parse(stdout) as Answer, exitCode }
}

test('the local engine is asked for every platform that there is a test program of', async () => {
  const { stdout, stderr } = await runDoctor([])
  expect(stdout, stderr).toMatch(/^host local {2}unix:\/\//)
  expect(stdout).toMatch(/^ {2}ok {2}linux\/amd64 +native +the host is amd64$/m)
  for (const platform of ['linux/386', 'linux/arm64', 'linux/arm/v7', 'linux/s390x'])
    expect(stdout).toContain(`  ${platform} `)
  expect(stdout).toMatch(/\n1 host: \d+ fix(es)?, \d+ notes?\n$/)
})

test('an engine that does not answer is a host with a fix', async () => {
  const { stdout, exitCode } = await runDoctor([], NOWHERE)
  expect(exitCode).toBe(3)
  expect(stdout).toContain('host local  unix:///nowhere/docker.sock')
  expect(stdout).toMatch(/fix {3}No container engine answers at unix:\/\/\/nowhere\/docker.sock/)
  expect(stdout.replace(/\s+/g, ' ')).toContain('say where it is with DOCKER_HOST')
  expect(stdout).toContain('1 host, 1 not reached: 1 fix, 0 notes')
})

describe.skipIf(problem)('with a host behind ssh', () => {
  let host: SshHost
  beforeAll(async () => {
    host = await startSshHost()
  }, HOST_START_MS)
  afterAll(() => host?.stop())

  const find = (answer: Answer, name: string) => answer.hosts.find(each => each.name === name)
  const findAdvice = (answer: Answer, name: string, rule: string) =>
    find(answer, name)?.advice.find(each => each.rule === rule)

  test('hosts are told in the order of their declaration, whether reached or not', async () => {
    const flags = [
      ...['--host', `stranger=${host.endpoint}${SSH_LOGINS.stranger}`],
      ...['--host', `far=${host.endpoint}`],
      ...['--host', `again=${host.endpoint}${SSH_LOGINS.member}`],
    ]
    const { stdout, exitCode } = await runDoctor(flags, host.env)
    expect(exitCode, stdout).toBe(3)
    expect([...stdout.matchAll(/^host (\S+)/gm)].map(match => match[1])).toEqual(['local', 'stranger', 'far'])
    expect(stdout).toMatch(/\n3 hosts, 1 not reached: \d+ fix(es)?, \d+ notes?\n$/)
    const far = stdout.slice(stdout.indexOf('host far'))
    expect(far).toContain('reached as ssh')
    expect(far).toMatch(/engine {2}Docker.*containerd image store on overlayfs/)
    expect(far).toContain('The same engine is also declared as again: it is used once, as far')
    // It emulates nothing for anybody: it is not asked for that, and not told to.
    expect([...far.matchAll(/^ {2}(?:ok|--) {2}(\S+)/gm)].map(match => match[1])).toEqual([
      'linux/386',
      'linux/amd64',
    ])
    expect(far).not.toMatch(/qemu|binfmt/i)
    expect(await host.engine.listImages({ all: true })).toEqual([])
    expect(await host.engine.listContainers({ all: true })).toEqual([])
  })

  test.each([
    [SSH_LOGINS.impostor, 'HOST_KEY', /fingerprint.*ssh lab-ssh-impostor/],
    [SSH_LOGINS.unknown, 'HOST_KEY', /fingerprint.*ssh lab-ssh-unknown/],
    [SSH_LOGINS.locked, 'ENGINE_UNAVAILABLE', /ssh-add/],
    [SSH_LOGINS.closed, 'ENGINE_UNAVAILABLE', /sshd/],
    [SSH_LOGINS.stranger, 'ENGINE_UNAVAILABLE', /ssh lab-ssh-stranger 'sudo usermod -aG docker stranger'/],
    [',platform=linux/arm64', 'HOST_MISMATCH', /correct its `platforms`/],
  ])('lab-ssh%s is told with the way out', async (ending, code, why) => {
    const { answer, exitCode } = await readAnswer(
      ['--no-local', '--host', `far=${host.endpoint}${ending}`],
      host.env,
    )
    expect(exitCode).toBe(3)
    expect(answer.hosts).toMatchObject([{ name: 'far', reached: false, code }])
    expect(findAdvice(answer, 'far', 'not-reached')).toMatchObject({
      severity: 'fix',
      why: expect.stringMatching(why),
    })
  })

  test('this machine’s engine may be missing where others answer', async () => {
    const { answer, exitCode } = await readAnswer(['--host', `far=${host.endpoint}`], {
      ...host.env,
      ...NOWHERE,
    })
    expect(exitCode).toBe(0)
    expect(findAdvice(answer, 'local', 'not-reached')).toMatchObject({ severity: 'note' })
    expect(find(answer, 'far')).toMatchObject({ reached: true, facts: { engine: { memoryLimits: true } } })
  })

  test('the configuration’s hosts take part', async () => {
    const config = `export default { localHost: false, hosts: [{ name: 'far', endpoint: '${host.endpoint}' }] }\n`
    const { stdout, exitCode } = await runDoctor([], host.env, config)
    expect(exitCode, stdout).toBe(0)
    expect(stdout).toMatch(/^host far {2}ssh:\/\/lab-ssh$/m)
    expect(stdout).not.toContain('host local')
  })

  describe('that was declared to emulate', () => {
    const declare = () => [
      '--no-local',
      '--host',
      `far=${host.endpoint}${SSH_LOGINS.member},platform=linux/amd64,platform=linux/s390x`,
    ]

    test('its emulator is seen through its shell, and mended through ssh', async () => {
      const { answer, exitCode } = await readAnswer(declare(), host.env)
      expect(exitCode).toBe(0)
      expect(find(answer, 'far')?.platforms).toMatchObject([
        { platform: 'linux/amd64', execution: 'native' },
        { platform: 'linux/s390x', execution: 'emulated', emulator: { name: 'qemu-s390x', flags: 'PF' } },
      ])
      expect(findAdvice(answer, 'far', 'handler-without-c')).toMatchObject({
        severity: 'note',
        command:
          "ssh -t lab-ssh-member 'docker run --privileged --rm tonistiigi/binfmt --uninstall qemu-s390x --install s390x'",
      })
    })

    test('binfmt_misc that is not mounted is seen, and the command that is told mends it', async () => {
      const flags = declare().map(flag => flag.replace(SSH_LOGINS.member, ''))
      await host.run('umount /proc/sys/fs/binfmt_misc')
      onTestFinished(async () => void (await host.run('mount -t binfmt_misc none /proc/sys/fs/binfmt_misc')))
      const before = await readAnswer(flags, host.env)
      const advice = findAdvice(before.answer, 'far', 'binfmt-not-mounted')
      expect(advice).toMatchObject({
        severity: 'note',
        command: "ssh -t lab-ssh 'mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc'",
      })
      expect(find(before.answer, 'far')?.platforms).toMatchObject([{}, { execution: 'emulated' }])
      await host.run(/'(.*)'$/.exec(advice?.command ?? '')?.[1] ?? 'false')
      const after = await readAnswer(flags, host.env)
      expect(findAdvice(after.answer, 'far', 'binfmt-not-mounted')).toBeUndefined()
      expect(find(after.answer, 'far')?.facts?.handlersKnown).toBe(true)
    })
  })

  test('a disk that is nearly full', async () => {
    onTestFinished(async () => void (await host.run('rm -f /var/lib/docker/filling')))
    expect((await host.run('fallocate -l 2700M /var/lib/docker/filling')).exitCode).toBe(0)
    const { answer, exitCode } = await readAnswer(['--no-local', '--host', `far=${host.endpoint}`], host.env)
    expect(exitCode).toBe(3)
    expect(findAdvice(answer, 'far', 'free-disk')).toMatchObject({
      severity: 'fix',
      command: "ssh -t lab-ssh 'docker system prune'",
    })
  })
})
