import { makeProbeProgram } from '../../src/hosts/probe-program.js'
import type { ProofResult } from '../../src/hosts/proof.js'
import type { BinfmtHandler, HostFacts } from '../../src/model/host.js'
import type { PlatformImage, ResolvedImage } from '../../src/model/image.js'
import { type Platform, parsePlatform } from '../../src/model/platform.js'
import type { PlanChoice } from '../../src/targets/plan.js'

/** A registration that matches the programs of that architecture, as their probe program begins. */
export function makeHandler(architecture: string, changes: Partial<BinfmtHandler> = {}): BinfmtHandler {
  const program = makeProbeProgram(architecture) as Buffer
  return {
    name: `qemu-${architecture}`,
    enabled: true,
    interpreter: `/usr/bin/qemu-${architecture}`,
    flags: 'PF',
    version: '7.2.22',
    magic: program.subarray(0, 20).toString('hex'),
    ...changes,
  }
}

export function makeFacts(changes: Partial<HostFacts> = {}): HostFacts {
  return {
    name: 'local',
    kind: 'local',
    endpoint: 'unix:///run/docker.sock',
    engine: {
      name: 'Docker Engine',
      version: '1',
      apiVersion: '1.41',
      storageDriver: 'overlay2',
      imageStore: 'classic',
      rootless: false,
      securityOptions: [],
    },
    os: 'linux',
    operatingSystem: 'Debian',
    kernel: '6.1',
    architecture: 'amd64',
    cpus: 2,
    memory: 1e9,
    sameKernel: true,
    handlers: ['arm64', 'arm', 's390x'].map(each => makeHandler(each)),
    handlersKnown: true,
    ...changes,
  }
}

const toPlatform = (text: string): Platform =>
  parsePlatform(text) ?? { os: text.split('/')[0] ?? '', architecture: text.split('/')[1] ?? '' }

export function makeImage(...platforms: string[]): ResolvedImage {
  return {
    repository: 'docker.io/acme/app',
    reference: 'docker.io/acme/app:1',
    source: 'registry',
    digest: 'sha256:index',
    mediaType: 'application/vnd.oci.image.index.v1+json',
    kind: 'index',
    platforms: platforms.map((text, index) => makePlatformImage(toPlatform(text), index)),
    attestations: [],
    notes: [],
  }
}

function makePlatformImage(platform: Platform, index: number): PlatformImage {
  const digest = `sha256:${String(index).repeat(64)}` as const
  const descriptor = { mediaType: 'm', digest, size: 1 }
  return {
    platform,
    platformFrom: 'descriptor',
    manifest: descriptor,
    config: descriptor,
    layers: [],
    imageConfig: { env: [], exposedPorts: [], volumes: [], labels: {}, diffIds: [] },
    configPlatform: platform,
    attestations: [],
  }
}

/** A kernel on which these architectures' programs run; asked for another, it says why not. */
export const proving =
  (...architectures: string[]) =>
  async (architecture: string): Promise<ProofResult> => ({
    ran: architectures.includes(architecture),
    detail: 'Exec format error',
  })

export const EVERYTHING = proving('amd64', '386', 'arm64', 'arm', 's390x', 'ppc64le')

export const DEFAULT_CHOICE: PlanChoice = { exclude: [], execution: 'auto', everyHost: false, cpuModels: {} }
