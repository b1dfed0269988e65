import { shortenDigest } from '../model/digest.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/** What tells a target from others, before it has a name. */
export type Unnamed = Omit<Target, 'id' | 'label'>

/**
 * Names targets: the id says everything, the label the platform and, in brackets, only what tells it from others of
 * the same platform. `others` are targets that have been named already and count as such. Ids and labels are unique
 * whatever hosts and CPU models are called.
 */
export function nameTargets(targets: readonly Unnamed[], others: readonly Target[] = []): Target[] {
  const all: readonly Unnamed[] = [...others, ...targets]
  const names = targets.map(target => describeNames(target, all))
  const ids = new Set(others.map(other => other.id))
  const labels = new Set(others.map(other => other.label))
  return targets.map((target, index) => {
    const { id, label, longLabel } = names[index] as Names
    // A host may be called `native`, or like a CPU model.
    const ambiguous = labels.has(label) || names.some((each, at) => at !== index && each.label === label)
    return { id: takeName(id, ids), label: takeName(ambiguous ? longLabel : label, labels), ...target }
  })
}

interface Names {
  readonly id: string
  readonly label: string
  /** With all words there are. */
  readonly longLabel: string
}

function describeNames(target: Unnamed, all: readonly Unnamed[]): Names {
  const name = formatPlatform(target.platform)
  const namesakes = all.filter(other => other !== target && formatPlatform(other.platform) === name)
  const same = namesakes.filter(other => other.digest === target.digest)
  const digest = namesakes.length > same.length ? [shortenDigest(target.digest)] : []
  const words = [...digest, ...tellApart(target, same)]
  const cpu = target.emulator?.cpu === undefined ? [] : [target.emulator.cpu]
  const way = [target.execution, ...cpu].join(' ')
  return {
    id: `${name}${digest.map(each => ` (${each})`).join('')} ${way}@${target.host}`,
    label: words.length === 0 ? name : `${name} (${words.join(', ')})`,
    longLabel: `${name} (${[...digest, way, target.host].join(', ')})`,
  }
}

function takeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let count = 2; taken.has(name); count++) name = `${wanted} #${count}`
  taken.add(name)
  return name
}

/** The fewest words that tell a target from others of its digest: its CPU model, its execution, its host. */
function tellApart(target: Unnamed, others: readonly Unnamed[]): string[] {
  if (others.length === 0) return []
  const cpu = target.emulator?.cpu
  const same = others.filter(other => other.execution === target.execution && other.emulator?.cpu === cpu)
  const way = cpu ?? target.execution
  if (same.length === 0) return [way]
  // Where only hosts differ, the host alone says it.
  return same.length === others.length || target.execution === 'native' ? [target.host] : [way, target.host]
}
