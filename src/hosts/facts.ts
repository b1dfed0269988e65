import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { hostname, release } from 'node:os'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import type { BinfmtHandler, HostFacts } from '../model/host.js'
import { normalizePlatform } from '../model/platform.js'
import { readBinfmtHandlers, readInterpreterVersion } from './binfmt.js'

const execFileAsync = promisify(execFile)

/** The fields of the engine's `/info` that are used, all of them optional since engines differ. */
interface EngineInfo {
  ServerVersion?: string
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
  SecurityOptions?: string[] | null
  ProductLicense?: string
}

/** Asks an engine, and the kernel where this process shares it, for everything that planning needs. */
export async function gatherHostFacts(engine: Docker, name: string, endpoint: string): Promise<HostFacts> {
  const [info, version] = await Promise.all([engine.info() as Promise<EngineInfo>, engine.version()])
  const sameKernel = isSameKernel(info, endpoint)
  const handlers = sameKernel ? await readBinfmtHandlers() : undefined
  const securityOptions = info.SecurityOptions ?? []
  const ownCpu = sameKernel ? parseCpuInfo(await readFile('/proc/cpuinfo', 'utf8').catch(() => '')) : {}
  const pageSize = sameKernel ? await readPageSize() : undefined
  return {
    name,
    endpoint,
    engine: {
      name: nameEngine(version),
      version: version.Version ?? info.ServerVersion ?? 'unknown',
      apiVersion: version.ApiVersion,
      storageDriver: info.Driver ?? 'unknown',
      imageStore: usesContainerdStore(info) ? 'containerd' : 'classic',
      ...(info.CgroupVersion === undefined ? {} : { cgroupVersion: info.CgroupVersion }),
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
    ...ownCpu,
    ...(pageSize === undefined ? {} : { pageSize }),
    sameKernel,
    handlers: handlers === undefined ? [] : await addVersions(handlers),
    handlersKnown: handlers !== undefined,
  }
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

/** Model and features of the first CPU in a `/proc/cpuinfo`; each architecture words it in its own way. */
export function parseCpuInfo(text: string): Pick<HostFacts, 'cpuModel' | 'cpuFeatures'> {
  const field = (names: string) => new RegExp(`^(?:${names})\\s*:\\s*(.+)$`, 'm').exec(text)?.[1]?.trim()
  const cpuModel = field('model name|cpu model|Model|machine')
  const cpuFeatures = field('flags|Features|features')?.split(/\s+/)
  return {
    ...(cpuModel === undefined ? {} : { cpuModel }),
    ...(cpuFeatures === undefined ? {} : { cpuFeatures }),
  }
}

/** Undefined where there is no getconf, as in the smallest images. */
async function readPageSize(): Promise<number | undefined> {
  const { stdout } = await execFileAsync('getconf', ['PAGESIZE'], { timeout: 5000 }).catch(() => ({
    stdout: '',
  }))
  const bytes = Number(stdout)
  return Number.isInteger(bytes) && bytes > 0 ? bytes : undefined
}
