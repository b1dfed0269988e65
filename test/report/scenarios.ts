import type { LoggedEvent } from '../../src/model/events.js'
import { type Behaviour, command, LogWriter, makeHost, SIX } from './factory.js'

/** What `uname -m` says on each platform; 386 runs natively on the amd64 kernel. */
export const MACHINES: Readonly<Record<string, string>> = {
  'linux/amd64': 'x86_64',
  'linux/386': 'x86_64',
  'linux/arm64': 'aarch64',
  'linux/arm/v7': 'armv7l',
  'linux/ppc64le': 'ppc64le',
  'linux/s390x': 's390x',
}

const OTHER = 'suites/version.suite.ts'

/** Six platforms that behave the same: the architecture's own words, a random number, the container's name. */
export function writeHealthyRun(): LoggedEvent[] {
  const log = new LogWriter(SIX)
  for (let number = 1; number <= 8; number += 1) {
    const seen = { observations: [command(`echo ${number}`, { stdout: `${number}\n` })] }
    log.check(`check ${number}`, () => seen, { line: 10 + number })
  }
  log.check(
    'names its machine',
    platform => ({ observations: [command('uname -m', { stdout: `${MACHINES[platform]}\n` })] }),
    { line: 30, file: OTHER },
  )
  log.check(
    'has a ticket',
    (_, target) => ({ observations: [command('app', { stdout: `ready, ticket ${target.id.length}\n` })] }),
    { line: 31, file: OTHER, noise: { observations: [command('app', { stdout: 'ready, ticket 99\n' })] } },
  )
  return log.finish()
}

/** Six platforms with one fault of each kind that one host can see. */
export function writeFaultyRun(): LoggedEvent[] {
  const log = new LogWriter(SIX)
  for (let number = 1; number <= 14; number += 1) {
    const seen = { observations: [command(`echo ${number}`, { stdout: `${number}\n` })] }
    log.check(`quiet check ${number}`, () => seen, { line: 10 + number })
  }
  log.check(
    'prints its version',
    platform => ({
      observations: [
        command('app --version', { stdout: platform === 'linux/s390x' ? 'app 0.9\nok\n' : 'app 1.0\nok\n' }),
      ],
    }),
    { line: 41, file: OTHER },
  )
  log.check(
    'starts',
    platform =>
      platform === 'linux/arm64'
        ? {
            status: 'failed',
            errors: [{ kind: 'assertion', message: 'expected 132 to be 0', diff: '- 0\n+ 132' }],
            observations: [
              command('app', {
                exitCode: 132,
                signal: 'SIGILL',
                stderr: 'qemu: uncaught target signal 4 (Illegal instruction) - core dumped\n',
              }),
            ],
          }
        : { observations: [command('app', { stdout: 'ok\n' })] },
    { line: 42, file: OTHER },
  )
  log.check(
    'lists a directory under a name so long that a narrow terminal has to cut it somewhere in the middle',
    platform =>
      platform === 'linux/arm/v7'
        ? {
            status: 'failed',
            observations: [
              command('ls /etc', {
                exitCode: 1,
                stderr: 'ls: /etc: Value too large for defined data type\n',
              }),
            ],
          }
        : { observations: [command('ls /etc', { stdout: 'passwd\n' })] },
    { line: 43, file: OTHER },
  )
  const message = '/usr/bin/tool is a program for amd64, but the platform is linux/ppc64le'
  log.check(
    'runs the tool',
    platform => ({
      observations: [command(['tool', "it's"], { stdout: 'ok\n' })],
      ...(platform === 'linux/ppc64le'
        ? { status: 'failed', errors: [{ kind: 'guard', code: 'FOREIGN_PROGRAM', message }] }
        : {}),
    }),
    { line: 44, file: OTHER },
  )
  for (const target of log.targets.filter(one => one.platform.architecture === 'ppc64le')) {
    log.add({
      type: 'program-executed',
      target: target.id,
      pass: 'main',
      check: `${OTHER} > runs the tool`,
      program: '/usr/bin/tool',
      machine: 'amd64',
      expected: false,
      message,
    })
  }
  log.check(
    'is broken everywhere',
    () => ({ status: 'failed', observations: [command('false', { exitCode: 1 })] }),
    {
      line: 45,
    },
  )
  log.check(
    'changes its mind',
    platform =>
      platform === 'linux/386'
        ? {
            flaky: true,
            earlier: [[command('coin', { exitCode: 1 })]],
            errors: [{ kind: 'assertion', message: 'expected 1 to be 0' }],
            observations: [command('coin')],
          }
        : { observations: [command('coin')] },
    { line: 46 },
  )
  log.check('is not for here', () => ({ status: 'skipped', reason: 'only with a GPU' }), { line: 47 })
  log.add({
    type: 'coverage-lost',
    lost: {
      platform: 'linux/mips64le',
      code: 'no-handler',
      reason: 'no emulator for mips64le is registered on local',
      fix: 'apt-get install qemu-user-static binfmt-support',
      intended: false,
    },
  })
  log.add({
    type: 'coverage-lost',
    lost: { platform: 'linux/riscv64', code: 'excluded', reason: 'left out by --platform', intended: true },
  })
  return log.finish()
}

/**
 * One platform on several hosts: two that share its checks natively, of which one is lost, an emulated target and a leg
 * of a CPU model. A fault that emulation hides, one of the instruction level, one of the emulator, and a host that could
 * not be reached.
 */
export function writeRemoteRun(): LoggedEvent[] {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], {
    unplanned: true,
    hosts: [
      makeHost('local', { cpuModel: 'EPYC' }),
      ...['pi1', 'pi2'].map(name =>
        makeHost(name, {
          id: name,
          architecture: 'arm64',
          kernel: '6.6.20-v8',
          cpuModel: 'Cortex-A72',
          cpuFeatures: ['fp'],
          pageSize: 4096,
          freeDisk: 1e9,
          clockSkewMs: -3,
          engine: { ...makeHost('x').engine, version: '28.1.1' },
        }),
      ),
    ],
  })
  log.target('linux/amd64')
  log.target('linux/arm64', { label: 'linux/arm64 (emulated)', slowdown: 8.2 })
  log.target('linux/arm64', { label: 'linux/arm64 (cortex-a72)', cpu: 'cortex-a72', slowdown: 8.4 })
  for (const host of ['pi1', 'pi2'])
    log.target('linux/arm64', { execution: 'native', host, label: `linux/arm64 (${host})`, slowdown: 4 })
  /** The pis share: odd checks run on pi1, even ones on pi2. */
  const share = (number: number, behave: (role: 'R' | 'N' | 'E' | 'C') => Behaviour) => {
    return (_: string, target: LogWriter['targets'][number]): Behaviour => {
      if (target.host !== 'local' && target.host !== (number % 2 === 1 ? 'pi1' : 'pi2'))
        return { absent: true }
      const emulated = target.emulator?.cpu === undefined ? 'E' : 'C'
      return behave(target.reference ? 'R' : target.execution === 'native' ? 'N' : emulated)
    }
  }
  const works = { observations: [command('app', { stdout: 'ok\n' })] }
  const dies = (stderr: string): Behaviour => ({
    status: 'failed',
    observations: [command('app', { exitCode: 132, signal: 'SIGILL', stderr })],
  })
  const trace = 'qemu: uncaught target signal 4 (Illegal instruction) - core dumped\n'
  log.check(
    'works',
    share(1, () => works),
    { line: 10 },
  )
  log.check(
    'needs atomics',
    share(2, role => (role === 'C' ? dies(trace) : works)),
    { line: 11 },
  )
  log.check(
    'dies on the pi',
    share(3, role => (role === 'N' ? dies('') : works)),
    { line: 12 },
  )
  log.check(
    'lists',
    share(4, role =>
      role === 'E' ? { status: 'failed', observations: [command('app', { exitCode: 1 })] } : works,
    ),
    { line: 13 },
  )
  log.check(
    'shows its environment',
    share(2, role => {
      const setting = role === 'C' ? 'QEMU_CPU=cortex-a72\n' : ''
      return { observations: [command('env', { stdout: `HOME=/\n${setting}PATH=/bin\n` })] }
    }),
    { line: 14 },
  )
  log.check(
    'moves',
    (_, { host }) => (host === 'pi1' ? { unfinished: true, observations: [command('app')] } : works),
    { line: 15 },
  )
  log.add({
    type: 'host-lost',
    host: 'pi1',
    message: 'the connection was reset',
    phase: 'run',
    code: 'ENGINE_LOST',
    lastSeenAt: '2026-03-01T12:00:02.000Z',
  })
  log.add({
    type: 'host-lost',
    host: 'z15',
    message: 'its key is not known',
    phase: 'start',
    code: 'HOST_KEY',
    hint: 'Accept its key with `ssh z15`.',
  })
  return log.finish()
}

/** One target whose image writes whatever it can think of to break a report. */
export function writeHostileRun(): LoggedEvent[] {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'])
  const evil =
    'a\u0000b\u001b[31mred\u001b[0m ]]> <script>&amp; \ud800 \u202etxt \u001b]0;title\u0007\r\n\u009b1m'
  log.check(`name ${evil}`, platform => ({
    status: platform === 'linux/arm64' ? 'failed' : 'passed',
    errors: platform === 'linux/arm64' ? [{ kind: 'exception', message: evil, stack: evil }] : [],
    observations: [command(`echo ${evil}`, { stdout: `${platform} ${evil}`, stderr: evil })],
  }))
  log.check('name a\u001b[31mb', () => ({}))
  log.check('name ab', () => ({}))
  return log.finish()
}
