import type { Observation } from '../../model/observation.js'
import type { GossCheck } from '../../suites/goss/goss-suite.js'
import type { FoundAttributes } from '../../suites/goss/judge-check.js'
import type { CommandOptions, ContainerHandle } from '../container/container-handle.js'
import type { CommandResult } from '../container/results.js'
import type { Command } from '../exec/command.js'

/** By what a check looks at its container. */
export interface Look {
  readonly handle: ContainerHandle
  readonly signal: AbortSignal
  /** Runs a command of the check's own. */
  exec(command: Command, options: CommandOptions): Promise<CommandResult>
}

/** What a check found, and what of it is recorded. */
export interface Sight {
  readonly found: FoundAttributes
  readonly observations: readonly Observation[]
}

/** Looks at one kind of resource. Throws a CheckFailure for what keeps it from looking. */
export type Looker = (check: GossCheck, look: Look) => Promise<Sight>

/** A sight of plain values, recorded as they are. */
export function makeSight(check: GossCheck, values: Readonly<Record<string, unknown>>): Sight {
  const asked = check.attributes.flatMap(({ name }) => (name in values ? [[name, values[name]]] : []))
  return {
    found: Object.fromEntries(asked.map(([name, value]) => [name, { value }])) as FoundAttributes,
    observations: [{ kind: 'value', name: check.name, value: Object.fromEntries(asked) }],
  }
}
