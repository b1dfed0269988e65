import type { HostFacts } from '../model/host.js'
import type { NamedLog } from './named-log.js'

/**
 * Names for the hosts of several logs, one map a log. What keeps its name is unique or is the same machine in each log that
 * has it; others are called as their log, since every job has a `local` of its own.
 */
export function nameHosts(logs: readonly NamedLog[]): ReadonlyMap<string, string>[] {
  const hosts = logs.map(({ events }) => listHosts(events))
  const machines = new Map<string, Set<string>>()
  for (const [index, facts] of hosts.entries())
    for (const [name, one] of facts)
      machines.set(name, (machines.get(name) ?? new Set()).add(one?.id ?? `log ${index}`))
  const taken = new Set([...machines].flatMap(([name, { size }]) => (size === 1 ? [name] : [])))
  return hosts.map((facts, index) => {
    const log = logs[index]?.name ?? ''
    return new Map(
      [...facts.keys()].map(name => {
        if (machines.get(name)?.size === 1) return [name, name]
        const wanted = name === 'local' ? log : `${log}-${name}`
        let unique = wanted
        for (let count = 2; taken.has(unique); count += 1) unique = `${wanted}-${count}`
        taken.add(unique)
        return [name, unique]
      }),
    )
  })
}

/** Hosts by name; those that never got ready have no facts. */
function listHosts(events: NamedLog['events']): ReadonlyMap<string, HostFacts | undefined> {
  const found = new Map<string, HostFacts | undefined>()
  for (const event of events) {
    if (event.type === 'host-ready') found.set(event.facts.name, event.facts)
    if (event.type === 'host-lost' && !found.has(event.host)) found.set(event.host, undefined)
    if (event.type === 'target-planned' && !found.has(event.target.host))
      found.set(event.target.host, undefined)
  }
  return found
}
