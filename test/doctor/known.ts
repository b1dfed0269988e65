import type { JudgedPlatform, KnownHost } from '../../src/doctor/known-host.js'
import type { HostSpec } from '../../src/hosts/host.js'
import { makeProbeProgram } from '../../src/hosts/probe-program.js'
import type { BinfmtHandler, HostFacts } from '../../src/model/host.js'
import { type Platform, parsePlatform } from '../../src/model/platform.js'
import type { Capability } from '../../src/targets/capability.js'
import { makeHost } from '../report/factory.js'

/** What a test says of a host: whatever it leaves out is well. */
export interface Changes {
  /** `local`, or one behind ssh, TCP or another socket; `local` by default. */
  readonly at?: keyof typeof ENDPOINTS
  readonly facts?: Partial<HostFacts>
  readonly engine?: Partial<HostFacts['engine']>
  readonly spec?: Partial<HostSpec>
  readonly known?: Partial<Omit<KnownHost, 'facts' | 'spec' | 'platforms'>>
  readonly platforms?: readonly JudgedPlatform[]
}

const ENDPOINTS = {
  local: 'unix:///var/run/docker.sock',
  socket: 'unix:///run/other.sock',
  ssh: 'ssh://me@pi:2222/run/docker.sock',
  tcp: 'tcp://192.0.2.7:2376',
} as const

/** A host in which no rule finds anything, with changes. */
export function makeKnown({
  at = 'local',
  facts,
  engine,
  spec,
  known,
  platforms = [],
}: Changes = {}): KnownHost {
  const base = makeHost(at, {
    kind: at,
    endpoint: ENDPOINTS[at],
    sameKernel: at === 'local' || at === 'socket',
  })
  return {
    spec: { name: at, endpoint: ENDPOINTS[at], from: '--host', local: at === 'local', ...spec },
    facts: { ...base, ...facts, engine: { ...base.engine, version: '28.5.1', ...engine } },
    platforms,
    emulates: at === 'local',
    aliases: [],
    others: {},
    asRoot: false,
    ...known,
  }
}

const read = (text: string) => parsePlatform(text) as Platform

/** A registration that takes the programs of an architecture. */
export function makeHandler(
  name: string,
  architecture: string,
  changes: Partial<BinfmtHandler> = {},
): BinfmtHandler {
  const program = makeProbeProgram(architecture) as Buffer
  return {
    name,
    enabled: true,
    interpreter: `/usr/libexec/qemu-binfmt/${architecture}`,
    flags: 'PCF',
    version: '10.0.2',
    magic: program.subarray(0, 20).toString('hex'),
    offset: 0,
    ...changes,
  }
}

/** A platform that runs: natively, or under a handler. */
export function runs(platform: string, emulator?: BinfmtHandler): JudgedPlatform {
  const way: Capability =
    emulator === undefined
      ? { runs: true, execution: 'native', reason: 'it does' }
      : { runs: true, execution: 'emulated', emulator, reason: `${emulator.name} ran a test program` }
  return { platform: read(platform), capability: way }
}

/** A platform that does not run. */
export function fails(platform: string, code = 'no-handler', reason = 'it does not'): JudgedPlatform {
  return { platform: read(platform), capability: { runs: false, code, reason } }
}
