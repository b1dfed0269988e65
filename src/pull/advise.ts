const DISK_FULL = 'The engine’s disk is full: `docker system df` on its host shows by what.'

/** What to do where the engine could not pull from `repository`, by its own words. */
export function adviseOnPull(message: string, repository: string): string {
  const registry = repository.split('/')[0] as string
  if (/server gave HTTP response to HTTPS client/.test(message)) {
    return `The engine wants TLS: add ${registry} to "insecure-registries" in /etc/docker/daemon.json and restart it.`
  }
  if (isDiskFull(message)) return DISK_FULL
  if (/unauthorized|denied|no basic auth/i.test(message)) return `Log in with \`docker login ${registry}\`.`
  if (isUnreachable(message)) {
    return `The engine must reach ${registry} itself; from another machine, "localhost" means that machine. --copy-images fallback sends the image there from this machine.`
  }
  return 'Try the same with `docker pull`; its message is the engine’s own.'
}

/** What to do where the engine could not take an image that was sent to it. */
export function adviseOnLoad(message: string): string {
  if (isDiskFull(message)) return DISK_FULL
  return 'Old engines cannot read zstd layers: build with compression=gzip, or push the image to a registry.'
}

/** What to do where the engine said that its disk is full, whatever it was asked for. */
export const adviseOnSpace = (message: string): string | undefined =>
  isDiskFull(message) ? DISK_FULL : undefined

/** The kernel's ENOSPC and EDQUOT, as Go words them. */
const isDiskFull = (message: string): boolean => /no space left|disk quota exceeded/i.test(message)

const isUnreachable = (message: string): boolean =>
  /connection (refused|reset)|no such host|server misbehaving|no route to host|network is unreachable|time(d )?out|deadline exceeded/i.test(
    message,
  )
