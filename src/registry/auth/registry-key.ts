import type { ImageReference } from '../../reference/image-reference.js'

const HUB_HOSTS = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'])

/**
 * The keys of `auths` or `credHelpers` that concern a reference, best first. A key is a host (`ghcr.io`), an address
 * with scheme and version (`https://index.docker.io/v1/`), or a namespace (`ghcr.io/owner`), which concerns only what
 * lies below it: the longest wins.
 */
export function findKeys(keys: readonly string[], reference: ImageReference): string[] {
  return keys
    .flatMap(key => {
      const { host, path } = splitKey(key)
      const concerned = sameRegistry(host, reference.registry) && isWithin(reference.path, path)
      return concerned ? [{ key, path, exact: key === reference.registry }] : []
    })
    .sort((a, b) => b.path.length - a.path.length || Number(b.exact) - Number(a.exact))
    .map(({ key }) => key)
}

function splitKey(key: string): { host: string; path: string } {
  const [, scheme, host = '', path = ''] = /^(https?:\/\/)?([^/]*)\/*(.*?)\/*$/i.exec(key) ?? []
  // Behind a scheme a path is the API's, for Docker wrote such keys for whole registries.
  const isApi = scheme !== undefined || /^v[12]$/.test(path)
  return { host: host.toLowerCase(), path: isApi ? '' : path }
}

function sameRegistry(host: string, registry: string): boolean {
  return host === registry || (registry === 'docker.io' && HUB_HOSTS.has(host))
}

function isWithin(path: string, namespace: string): boolean {
  return namespace === '' || path === namespace || path.startsWith(`${namespace}/`)
}
