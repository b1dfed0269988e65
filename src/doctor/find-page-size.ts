import type { KnownHost } from './known-host.js'

/** Bytes of a page on the host: as its own shell says, else as a program of its own architecture was told there. */
export function findPageSize({
  facts,
  platforms,
}: Pick<KnownHost, 'facts' | 'platforms'>): number | undefined {
  if (facts.pageSize !== undefined) return facts.pageSize
  const own = platforms.find(({ platform }) => platform.architecture === facts.architecture)?.capability
  return own?.runs === true && own.execution === 'native' ? own.pageSize : undefined
}
