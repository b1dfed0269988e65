/** A Debian root for a host: which release, which architecture, which packages. */
export interface RootRecipe {
  readonly suite: string
  /** Debian's word. */
  readonly architecture: string
  readonly packages: readonly string[]
}

/** Nothing of it needs a maintainer script to have run. */
export const COMMON_PACKAGES = [
  ...['base-files', 'base-passwd', 'bash', 'dash', 'coreutils', 'grep', 'sed', 'tar', 'gzip', 'mount'],
  ...['util-linux', 'procps', 'iproute2', 'iptables', 'netbase', 'ca-certificates'],
  ...['openssh-server', 'openssh-sftp-server', 'docker.io'],
]

/** Docker 26.1, newer than the 20.10 that the machine's own Debian has; since trixie the client is a package of its own. */
export const NEWER_DOCKER_ROOT: RootRecipe = {
  suite: 'trixie',
  architecture: nameArchitecture(),
  packages: [...COMMON_PACKAGES, 'docker-cli'],
}

/** Debian's word for what this machine runs by itself. */
export function nameArchitecture(arch: string = process.arch): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', ppc64: 'ppc64el' }
  return names[arch] ?? arch
}
