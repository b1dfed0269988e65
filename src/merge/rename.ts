import type { LoggedEvent } from '../model/events.js'

/** New names of one log's hosts and targets. */
export interface Names {
  readonly hosts: ReadonlyMap<string, string>
  /** By id. */
  readonly targets: ReadonlyMap<string, { readonly id: string; readonly label: string }>
}

/** An event with the names that its hosts and targets have in the merged log. */
export function renameEvent(event: LoggedEvent, { hosts, targets }: Names): LoggedEvent {
  const renameTarget = (id: string) => targets.get(id)?.id ?? id
  const renameHost = (name: string) => hosts.get(name) ?? name
  switch (event.type) {
    case 'host-ready':
      return { ...event, facts: { ...event.facts, name: renameHost(event.facts.name) } }
    case 'host-lost':
      return { ...event, host: renameHost(event.host) }
    case 'target-planned': {
      const { target } = event
      const host = renameHost(target.host)
      return { ...event, target: { ...target, host, ...targets.get(target.id) } }
    }
    case 'coverage-lost': {
      const { target } = event.lost
      return target === undefined
        ? event
        : { ...event, lost: { ...event.lost, target: renameTarget(target) } }
    }
    case 'image-pulled':
    case 'check-started':
    case 'observation':
    case 'value-expected':
    case 'check-finished':
    case 'program-executed':
    case 'suite-errored':
      return { ...event, target: renameTarget(event.target) }
    default:
      return event
  }
}
