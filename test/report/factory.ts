import type { CheckError, CheckRef } from '../../src/model/check.js'
import type { ComparisonSettings } from '../../src/model/declared.js'
import type { Digest } from '../../src/model/digest.js'
import type { LoggedEvent, Pass, RunEvent } from '../../src/model/events.js'
import type { HostFacts } from '../../src/model/host.js'
import type { PlatformImage, ResolvedImage } from '../../src/model/image.js'
import type { CapturedBytes, CommandObservation, Observation } from '../../src/model/observation.js'
import { formatPlatform, type Platform, parsePlatform } from '../../src/model/platform.js'
import type { Status } from '../../src/model/status.js'
import type { Emulator, Target } from '../../src/model/target.js'

/** What a check does on one target in one attempt. */
export interface Behaviour {
  readonly status?: Status
  readonly observations?: readonly Observation[]
  /** Observations of attempts before the last. */
  readonly earlier?: readonly (readonly Observation[])[]
  readonly errors?: readonly CheckError[]
  readonly flaky?: boolean
  readonly reason?: string
  /** Started and never finished. */
  readonly unfinished?: boolean
  /** Never started. */
  readonly absent?: boolean
}

export interface CheckOptions {
  readonly file?: string
  readonly line?: number
  /** What the noise pass on the reference does; left out: the same as the main pass. */
  readonly noise?: Behaviour
}

export interface TargetOptions {
  readonly execution?: Target['execution']
  readonly host?: string
  readonly emulator?: Emulator
  readonly reference?: boolean
  readonly label?: string
  readonly slowdown?: number
  /** A leg under a CPU model. */
  readonly cpu?: string
}

export interface RunOptions {
  readonly image?: Partial<ResolvedImage>
  /** Names, or the facts themselves. */
  readonly hosts?: readonly (string | HostFacts)[]
  readonly noise?: boolean
  /** No targets are planned: the test adds them. */
  readonly unplanned?: boolean
  readonly comparison?: ComparisonSettings
  readonly filtered?: boolean
}

const EMULATORS: Readonly<Record<string, string>> = {
  arm64: 'qemu-aarch64',
  arm: 'qemu-arm',
  ppc64le: 'qemu-ppc64le',
  s390x: 'qemu-s390x',
  riscv64: 'qemu-riscv64',
}

export const SIX = ['linux/amd64', 'linux/386', 'linux/arm64', 'linux/arm/v7', 'linux/ppc64le', 'linux/s390x']

/** Writes the event log of a run that never was: amd64 and 386 run natively on `local`, all else is emulated. */
export class LogWriter {
  readonly events: LoggedEvent[] = []
  readonly targets: Target[] = []
  readonly image: ResolvedImage
  private readonly noise: boolean
  private moment = Date.parse('2026-03-01T12:00:00.000Z')

  constructor(platforms: readonly string[] = SIX, options: RunOptions = {}) {
    this.noise = options.noise ?? true
    this.image = { ...makeImage(platforms.map(readPlatform)), ...options.image }
    this.add({
      type: 'run-started',
      version: 1,
      runId: 'run-1',
      archparity: '0.1.0',
      node: 'v20.20.2',
      image: 'localhost:5000/lab/clock:latest',
      suites: ['suites/app.suite.ts'],
      root: '/project',
      ...(options.comparison === undefined ? {} : { comparison: options.comparison }),
      ...(options.filtered === undefined ? {} : { filtered: options.filtered }),
    })
    this.add({ type: 'image-resolved', image: this.image })
    for (const host of options.hosts ?? ['local'])
      this.add({ type: 'host-ready', facts: typeof host === 'string' ? makeHost(host) : host })
    if (options.unplanned !== true) for (const platform of new Set(platforms)) this.target(platform)
  }

  add(event: RunEvent): this {
    this.moment += 10
    this.events.push({ ...event, at: new Date(this.moment).toISOString() })
    return this
  }

  /** Plans a target and pulls its image. */
  target(name: string, options: TargetOptions = {}): Target {
    const platform = readPlatform(name)
    const native = platform.architecture === 'amd64' || platform.architecture === '386'
    const execution = options.execution ?? (native ? 'native' : 'emulated')
    const host = options.host ?? 'local'
    const digest = this.image.platforms.find(entry => formatPlatform(entry.platform) === name)?.manifest
      .digest
    const emulator = options.emulator ?? {
      name: EMULATORS[platform.architecture] ?? 'qemu',
      version: '7.2.22',
      flags: 'PF',
    }
    const { cpu, slowdown } = options
    const how = cpu === undefined ? execution : `${execution} ${cpu}`
    const target: Target = {
      id: `${name} ${how}@${host}`,
      label: options.label ?? (host === 'local' && cpu === undefined ? name : `${name} ${how}@${host}`),
      platform,
      digest: digest ?? makeDigest(name),
      host,
      execution,
      ...(execution === 'emulated'
        ? { emulator: { ...emulator, ...(cpu === undefined ? {} : { cpu }) } }
        : {}),
      ...(slowdown === undefined ? {} : { slowdown }),
      reference: options.reference ?? (name === 'linux/amd64' && host === 'local' && execution === 'native'),
      reason: 'because the test says so',
    }
    this.targets.push(target)
    this.add({ type: 'target-planned', target })
    this.add({
      type: 'image-pulled',
      target: target.id,
      imageId: makeDigest(`config ${name}`),
      proof: ['the engine holds the config of the manifest'],
      fetched: true,
      durationMs: 1200,
    })
    return target
  }

  /** Runs a check on every target, and on the reference in the noise pass. */
  check(
    name: string,
    behave: (platform: string, target: Target) => Behaviour,
    options: CheckOptions = {},
  ): this {
    const file = options.file ?? 'suites/app.suite.ts'
    const check: CheckRef = {
      id: `${file} > ${name}`,
      file,
      name,
      ...(options.line === undefined ? {} : { line: options.line }),
    }
    for (const target of this.targets)
      this.run(check, target, 'main', behave(formatPlatform(target.platform), target))
    const reference = this.targets.find(target => target.reference)
    if (this.noise && reference !== undefined) {
      const again = options.noise ?? behave(formatPlatform(reference.platform), reference)
      this.run(check, reference, 'noise', again)
    }
    return this
  }

  finish(reason: 'completed' | 'interrupted' = 'completed'): LoggedEvent[] {
    this.add({ type: 'run-finished', reason, durationMs: 41_200 })
    return this.events
  }

  private run(check: CheckRef, target: Target, pass: Pass, behaviour: Behaviour): void {
    if (behaviour.absent === true) return
    const at = { target: target.id, pass }
    this.add({ type: 'check-started', ...at, check })
    const attempts = [...(behaviour.earlier ?? []), behaviour.observations ?? []]
    for (const [attempt, observations] of attempts.entries()) {
      for (const [seq, observation] of observations.entries()) {
        this.add({ type: 'observation', ...at, check: check.id, attempt, seq, observation })
      }
    }
    if (behaviour.unfinished === true) return
    const status = behaviour.status ?? 'passed'
    const errors =
      behaviour.errors ?? (status === 'failed' ? [{ kind: 'assertion', message: 'expected 1 to be 0' }] : [])
    this.add({
      type: 'check-finished',
      ...at,
      check,
      status,
      durationMs: 12,
      attempts: attempts.length + (behaviour.flaky && attempts.length === 1 ? 1 : 0),
      flaky: behaviour.flaky ?? false,
      errors: errors as CheckError[],
      ...(behaviour.reason === undefined ? {} : { reason: behaviour.reason }),
    })
  }
}

export function readPlatform(name: string): Platform {
  const platform = parsePlatform(name)
  if (platform === undefined) throw new Error(`not a platform: ${name}`)
  return platform
}

/** A digest that is different for each seed and looks like one. */
export function makeDigest(seed: string): Digest {
  let state = 0x811c9dc5
  let hex = ''
  for (let index = 0; index < 64; index += 1) {
    for (const character of `${seed}${index}`)
      state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0
    hex += ((state >>> 13) & 15).toString(16)
  }
  return `sha256:${hex}`
}

export function makeImage(platforms: readonly Platform[]): ResolvedImage {
  const entries = platforms.map((platform): PlatformImage => {
    const name = formatPlatform(platform)
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    return {
      platform,
      platformFrom: 'descriptor',
      manifest: { mediaType, digest: makeDigest(name), size: 700, platform },
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: makeDigest(`config ${name}`),
        size: 900,
      },
      layers: [],
      imageConfig: { env: [], exposedPorts: [], volumes: [], labels: {}, diffIds: [] },
      configPlatform: platform,
      attestations: [],
    }
  })
  const digest = makeDigest('index')
  return {
    repository: 'localhost:5000/lab/clock',
    reference: `localhost:5000/lab/clock:latest@${digest}`,
    source: 'registry',
    digest,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    kind: 'index',
    platforms: entries,
    attestations: [],
    notes: [],
  }
}

/** Facts of a host; all but `local` are reached by ssh. */
export function makeHost(name: string, changes: Partial<HostFacts> = {}): HostFacts {
  return {
    name,
    kind: name === 'local' ? 'local' : 'ssh',
    endpoint: name === 'local' ? 'unix:///var/run/docker.sock' : `ssh://root@${name}`,
    engine: {
      name: 'Docker',
      version: '20.10.24',
      apiVersion: '1.41',
      storageDriver: 'overlay2',
      imageStore: 'classic',
      rootless: false,
      securityOptions: [],
    },
    os: 'linux',
    operatingSystem: 'Debian GNU/Linux 12',
    kernel: '6.1.0-18-amd64',
    architecture: 'amd64',
    cpus: 2,
    memory: 8_000_000_000,
    sameKernel: true,
    handlers: [],
    handlersKnown: true,
    ...changes,
  }
}

export function bytes(text: string, more: Partial<CapturedBytes> = {}): CapturedBytes {
  return { text, bytes: Buffer.byteLength(text), truncated: false, ...more }
}

/** A command that was run; by default it ends with 0 and writes nothing. */
export function command(
  line: string | readonly string[],
  more: Partial<Omit<CommandObservation, 'stdout' | 'stderr' | 'kind'>> & {
    stdout?: string
    stderr?: string
  } = {},
): CommandObservation {
  const { stdout = '', stderr = '', ...rest } = more
  return {
    kind: 'command',
    via: 'exec',
    command: line,
    exitCode: 0,
    timedOut: false,
    durationMs: 3,
    ...rest,
    stdout: bytes(stdout),
    stderr: bytes(stderr),
  }
}
