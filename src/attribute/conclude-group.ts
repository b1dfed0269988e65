import type { CheckRecord, RunRecord } from '../compare/run-record.js'
import type { Evidence } from '../model/finding.js'
import type { FindingDraft } from './draft.js'
import { listGood, type TargetGroup } from './group-targets.js'
import { judgeRuling } from './rulings.js'
import type { Outcome } from './table.js'
import { describeTime } from './time-limit.js'
import { describeTouched, findTouched } from './touched.js'
import { chooseHealthy, joinNames, selectTargets } from './world.js'

/** What a group of bad targets comes to; the kind of finding adds its title and what the targets show. */
export interface Conclusion {
  readonly draft: Pick<FindingDraft, 'cause' | 'maskedBy' | 'part' | 'checks' | 'targets' | 'advice'>
  /** Evidence that stands before what the targets show. */
  readonly first: readonly Evidence[]
  /** What more there is about each member. */
  readonly own: readonly (readonly Evidence[])[]
  readonly last: readonly Evidence[]
  /** Set where checks are one finding only if the very same targets are bad: what is said names them. */
  readonly apart: string
  /** CPU models that are too small, where that is what it comes to. */
  readonly needsMoreThan: string | undefined
}

/** Judges a group of one check. `groups` are all of the check, or of its value. */
export function concludeGroup(
  check: CheckRecord,
  group: TargetGroup,
  groups: readonly TargetGroup[],
  outcomes: ReadonlyMap<string, Outcome>,
  record: RunRecord,
  verb: 'fails' | 'differs',
): Conclusion {
  const { ruling, members, legs } = group
  const good = selectTargets(record.targets, listGood(outcomes))
  const statics = members.map(({ target }) => findTouched(check, target, record))
  const otherLegs = groups.filter(one => one.ruling === 'cpu-level').flatMap(one => one.members)
  const judgement = judgeRuling(ruling, { members, legs, otherLegs, statics, good, record, verb })
  const { cause, advice, maskedBy, evidence = [] } = judgement
  // The CPU model and the clock tell of the same checks and platforms as the finding that they stand beside.
  const part = ruling === 'slow' ? 'slow' : ruling.startsWith('cpu') ? 'cpu' : undefined
  const isOfTargets = part !== undefined || ruling.endsWith('-disagree')
  const leads = ruling === 'cpu-level' || ruling === 'hosts-disagree'
  const time = (index: number) => {
    const member = members[index]
    if (member === undefined || ruling === 'everywhere') return []
    return describeTime(member, chooseHealthy(record, listGood(outcomes), member.target))
  }
  const models = members.flatMap(member => member.target.emulator?.cpu ?? [])
  return {
    draft: {
      cause,
      advice,
      ...(maskedBy === undefined ? {} : { maskedBy }),
      ...(part === undefined ? {} : { part }),
      checks: [check.check.id],
      targets: selectTargets(
        record.targets,
        [...members, ...legs].map(one => one.target.id),
      ),
    },
    first: leads ? evidence : [],
    own: members.map((member, index) => [
      ...time(index),
      ...describeTouched(statics[index] ?? [], member.target),
    ]),
    last: leads ? [] : evidence,
    apart: isOfTargets ? members.map(member => member.target.id).join() : '',
    needsMoreThan: ruling === 'cpu-level' ? joinNames([...new Set(models)]) : undefined,
  }
}

/** First pieces of all before second ones, so that a cut list shows every target. */
export function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(list => list.length))
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap(list => list.slice(index, index + 1)),
  ).flat()
}
