import { shortenDigest } from '../model/digest.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/** What tells a target from others, before it has a name. */
export type Unnamed = Omit<Target, 'id' | 'label'>

/**
 * Names targets: the id says everything, the label the platform and, in brackets, only what tells it from others of
 * the same platform. `others` are targets that have been named already and count as such.
 */
export function nameTargets(targets: readonly Unnamed[], others: readonly Target[] = []): Target[] {
  const all: readonly Unnamed[] = [...others, ...targets]
  return targets.map(target => {
    const name = formatPlatform(target.platform)
    const namesakes = all.filter(other => other !== target && formatPlatform(other.platform) === name)
    const same = namesakes.filter(other => other.digest === target.digest)
    const digest = namesakes.length > same.length ? [shortenDigest(target.digest)] : []
    const words = [...digest, ...tellApart(target, same)]
    const cpu = target.emulator?.cpu === undefined ? '' : ` ${target.emulator.cpu}`
    return {
      id: `${name}${digest.map(each => ` (${each})`).join('')} ${target.execution}${cpu}@${target.host}`,
      label: words.length === 0 ? name : `${name} (${words.join(', ')})`,
      ...target,
    }
  })
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
