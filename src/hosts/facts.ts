import { execFile } from 'node:child_process'
import { readFile, statfs } from 'node:fs/promises'
import { hostname, release } from 'node:os'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import type { BinfmtHandler, HostFacts, HostKindName } from '../model/host.js'
import { normalizePlatform } from '../model/platform.js'
import { readBinfmtHandlers, readInterpreterVersion } from './binfmt.js'
import { parseCpuInfo } from './cpu-info.js'
import type { ShellFacts } from './ssh/shell-facts.js'

const execFileAsync = promisify(execFile)

/** The fields of the engine's `/info` that are used, all of them optional since engines differ. */
interface EngineInfo {
  ID?: string
  ServerVersion?: string
  SystemTime?: string
  DockerRootDir?: string
  OSType?: string
  OperatingSystem?: string
  Architecture?: string
  KernelVersion?: string
  Name?: string
  NCPU?: number
  MemTotal?: number
  Driver?: string
  DriverStatus?: [string, string][] | null
  CgroupVersion?: string
  MemoryLimit?: boolean
  SecurityOptions?: string[] | null
  ProductLicense?: string
}

/** Who a host is, before it was asked anything. */
export interface HostIdentity {
  readonly name: string
  readonly kind: HostKindName
  /** Without credentials. */
  readonly endpoint: string
}

/**
 * Asks an engine for everything that planning needs; the rest comes from the host's own shell where there is one, or
 * from the kernel where this process shares it.
 */
export async function gatherHostFacts(
  engine: Docker,
  { name, kind, endpoint }: HostIdentity,
  shell?: ShellFacts,
): Promise<HostFacts> {
  const asked = Date.now()
  const [info, version] = await Promise.all([engine.info() as Promise<EngineInfo>, engine.version()])
  const sameKernel = shell === undefined && isSameKernel(info, endpoint)
  const seen = sameKernel ? await readOwnKernel(info) : shell
  const securityOptions = info.SecurityOptions ?? []
  const clockSkewMs = measureSkew(info.SystemTime, asked, Date.now())
  return {
    name,
    kind,
    endpoint,
    ...(typeof info.ID === 'string' && info.ID !== '' ? { id: info.ID } : {}),
    engine: {
      name: nameEngine(version),
      version: version.Version ?? info.ServerVersion ?? 'unknown',
      apiVersion: version.ApiVersion,
      storageDriver: info.Driver ?? 'unknown',
      imageStore: usesContainerdStore(info) ? 'containerd' : 'classic',
      ...(info.CgroupVersion === undefined ? {} : { cgroupVersion: info.CgroupVersion }),
      ...(typeof info.MemoryLimit === 'boolean' ? { memoryLimits: info.MemoryLimit } : {}),
      rootless: securityOptions.some(option => option.includes('rootless')),
      securityOptions,
    },
    os: info.OSType ?? version.Os,
    operatingSystem: info.OperatingSystem ?? 'unknown',
    kernel: info.KernelVersion ?? version.KernelVersion ?? 'unknown',
    architecture: normalizePlatform({ os: 'linux', architecture: info.Architecture ?? version.Arch })
      .architecture,
    cpus: info.NCPU ?? 1,
    memory: info.MemTotal ?? 0,
    ...pick(seen ?? {}, 'cpuModel', 'cpuFeatures', 'pageSize', 'freeDisk'),
    ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
    sameKernel,
    handlers: seen?.handlers ?? [],
    handlersKnown: seen?.handlers !== undefined,
  }
}

/** What this process can read of the kernel that the engine runs on too. */
async function readOwnKernel(info: EngineInfo): Promise<Omit<ShellFacts, 'sockets'>> {
  const handlers = await readBinfmtHandlers()
  const pageSize = await readPageSize()
  const disk = await statfs(info.DockerRootDir ?? '/').catch(() => undefined)
  return {
    ...parseCpuInfo(await readFile('/proc/cpuinfo', 'utf8').catch(() => '')),
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(disk === undefined ? {} : { freeDisk: disk.bavail * disk.bsize }),
    ...(handlers === undefined ? {} : { handlers: await addVersions(handlers) }),
  }
}

/** Milliseconds that the engine's clock is ahead; undefined where it tells no time. The way back is half of the wait. */
function measureSkew(time: string | undefined, asked: number, answered: number): number | undefined {
  const theirs = Date.parse(time ?? '')
  return Number.isNaN(theirs) ? undefined : Math.round(theirs - (asked + answered) / 2)
}

function pick<T extends object, K extends keyof T>(object: T, ...keys: K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.filter(key => object[key] !== undefined).map(key => [key, object[key]]),
  ) as Pick<T, K>
}

function nameEngine(version: { Platform?: { Name?: string }; Components?: { Name: string }[] }): string {
  if (version.Components?.some(component => /podman/i.test(component.Name))) return 'Podman'
  return version.Platform?.Name || 'Docker Engine'
}

function usesContainerdStore(info: EngineInfo): boolean {
  return (info.DriverStatus ?? []).some(
    ([key, value]) => key === 'driver-type' && value.startsWith('io.containerd.snapshotter'),
  )
}

/**
 * Whether the engine runs on this process's kernel: a local socket, the same kernel release, and either the
 * same host name or Linux on both sides (a container with the socket mounted has a name of its own).
 */
function isSameKernel(info: EngineInfo, endpoint: string): boolean {
  if (process.platform !== 'linux' || !endpoint.startsWith('unix://')) return false
  if (info.KernelVersion !== release()) return false
  return info.Name === hostname() || !/desktop/i.test(info.OperatingSystem ?? '')
}

async function addVersions(handlers: readonly BinfmtHandler[]): Promise<BinfmtHandler[]> {
  const versions = new Map<string, Promise<string | undefined>>()
  const readOnce = (interpreter: string) => {
    const known = versions.get(interpreter) ?? readInterpreterVersion(interpreter)
    versions.set(interpreter, known)
    return known
  }
  return Promise.all(
    handlers.map(async handler => {
      const version = /qemu/.test(handler.name) ? await readOnce(handler.interpreter) : undefined
      return version === undefined ? handler : { ...handler, version }
    }),
  )
}

/** Undefined where there is no getconf, as in the smallest images. */
async function readPageSize(): Promise<number | undefined> {
  const { stdout } = await execFileAsync('getconf', ['PAGESIZE'], { timeout: 5000 }).catch(() => ({
    stdout: '',
  }))
  const bytes = Number(stdout)
  return Number.isInteger(bytes) && bytes > 0 ? bytes : undefined
}
