import { isIP } from 'node:net'

/** What /etc/resolv.conf says of how names are looked up (resolv.conf(5)). */
export interface ResolverSettings {
  readonly servers: readonly string[]
  readonly search: readonly string[]
  readonly dots: number
}

/** Reads it. */
export function parseResolverSettings(text: string): ResolverSettings {
  const lines = text.split('\n').map(line =>
    line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/),
  )
  const servers = lines.flatMap(([key, value = '']) => (key === 'nameserver' ? [value] : []))
  const search = lines.findLast(([key]) => key === 'search' || key === 'domain')?.slice(1) ?? []
  const dots = lines
    .filter(([key]) => key === 'options')
    .flatMap(words => words.flatMap(word => /^ndots:(\d{1,2})$/.exec(word)?.[1] ?? []))
  return {
    servers,
    search: search.filter(each => each !== '.'),
    dots: Math.min(Number(dots.at(-1) ?? 1), 15),
  }
}

/** Addresses that /etc/hosts gives for a name (hosts(5)), in its order. */
export function findInHosts(text: string, name: string): string[] {
  const wanted = name.toLowerCase().replace(/\.$/, '')
  return text.split('\n').flatMap(line => {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/)
    return isIP(address) !== 0 && names.some(each => each.toLowerCase() === wanted) ? [address] : []
  })
}

/** Full names that a name may mean, in the order in which they are tried. */
export function listCandidates(name: string, { search, dots }: ResolverSettings): string[] {
  if (name.endsWith('.')) return [name]
  const absolute = `${name}.`
  const searched = search.map(domain => `${name}.${domain.replace(/\.$/, '')}.`)
  return name.split('.').length - 1 >= dots ? [absolute, ...searched] : [...searched, absolute]
}
