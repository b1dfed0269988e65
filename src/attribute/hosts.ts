import { isErrorOfLoss, type LossCost, measureLoss } from '../compare/measure-loss.js'
import type { CheckRecord, RunRecord } from '../compare/run-record.js'
import type { CheckError } from '../model/check.js'
import type { Evidence } from '../model/finding.js'
import type { LostCoverage } from '../model/target.js'
import { type FindingDraft, sayPlatforms, sayTargets } from './draft.js'
import { cut, firstLine } from './evidence.js'
import { joinNames, selectTargets } from './world.js'

/** Findings for what no verdict could be had of: lost hosts and platforms, checks that errored. */
export function findHostFaults(record: RunRecord): FindingDraft[] {
  return [
    ...draftLostHosts(record),
    ...draftLostCoverage(record),
    ...draftSuiteErrors(record),
    ...draftErrors(record),
  ]
}

/** A lost host is told even where other hosts took over all of its work. */
function draftLostHosts(record: RunRecord): FindingDraft[] {
  return record.hostLosses.map(loss => {
    const { host, message, phase = 'run', code, hint, lastSeenAt } = loss
    const cost = measureLoss(record, loss)
    const facts = Object.entries({ host, phase, code, lastSeenAt }).filter(([, value]) => value !== undefined)
    const advice =
      hint ??
      (phase === 'start'
        ? `See that ${host} can be reached and that its engine answers (\`archparity doctor\`), then run again.`
        : `See that the engine of ${host} answers (\`archparity doctor\`), then run again.`)
    return {
      kind: 'host',
      cause: 'host',
      lead: `lost ${host}`,
      title: () => `host ${host} ${phase === 'start' ? 'could not be reached' : 'was lost during the run'}`,
      checks: [],
      targets: cost.targets,
      evidence: [
        { kind: 'host-fact', text: cut(firstLine(message)), data: Object.fromEntries(facts) },
        ...describeCost(cost),
      ],
      advice,
      reproduce: [],
    }
  })
}

function describeCost({ undecided, elsewhere, elsewhereOn, unknownSuites }: LossCost): Evidence[] {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
  const texts: [string, Record<string, unknown>][] = []
  if (undecided > 0) texts.push([`${count(undecided, 'result')} stayed without a verdict`, { undecided }])
  if (elsewhere > 0)
    texts.push([
      `${count(elsewhere, 'check')} of the same platform ran on ${joinNames(elsewhereOn)}`,
      { elsewhere, elsewhereOn },
    ])
  if (unknownSuites.length > 0)
    texts.push([`no host ran all of ${unknownSuites.join(', ')}`, { suites: unknownSuites }])
  return texts.map(([text, data]) => ({ kind: 'host-fact', text: cut(text), data }))
}

/** One finding for platforms that nothing ran for one reason. */
function draftLostCoverage(record: RunRecord): FindingDraft[] {
  const groups = new Map<string, LostCoverage[]>()
  for (const lost of record.lost) {
    if (lost.intended || (lost.code === 'host-lost' && record.hostLosses.length > 0)) continue
    const key = `${lost.code}\0${lost.fix ?? ''}\0${lost.coveredBy ?? ''}`
    groups.set(key, [...(groups.get(key) ?? []), lost])
  }
  return [...groups.values()].map(group => {
    const first = group[0] as LostCoverage
    const platforms = orderPlatforms(record, group)
    const evidence: Evidence[] = group.map(lost => ({
      kind: 'host-fact',
      text: `${lost.platform}: ${cut(firstLine(lost.reason))}`,
      data: { code: lost.code, ...(lost.target === undefined ? {} : { target: lost.target }) },
    }))
    const { coveredBy } = first
    return {
      kind: 'host',
      cause: 'host',
      lead: `coverage ${first.code} ${first.fix ?? ''} ${coveredBy ?? ''}`,
      title: () =>
        `${sayPlatforms(platforms)} could not be run${coveredBy === undefined ? '' : ` on one host, and ran as ${coveredBy}`}`,
      checks: [],
      targets: [],
      platforms,
      evidence,
      advice: first.fix ?? 'Run the image where these platforms can run, or leave them out with --platform.',
      reproduce: [],
    }
  })
}

function orderPlatforms(record: RunRecord, lost: readonly LostCoverage[]): string[] {
  const digests = record.image?.platforms.map(platform => platform.manifest.digest as string) ?? []
  const place = (one: LostCoverage) => {
    const index = digests.indexOf(one.digest ?? '')
    return index < 0 ? digests.length : index
  }
  return [...new Set([...lost].sort((a, b) => place(a) - place(b)).map(one => one.platform))]
}

/** A worker that died takes its suite with it; a suite that is wrong is told by the verdict, not blamed on a host. */
function draftSuiteErrors(record: RunRecord): FindingDraft[] {
  const lost = record.suiteErrors.filter(
    error => (error.code === 'worker-lost' || error.code === 'unhandled') && !isErrorOfLoss(error, record),
  )
  return groupBy(lost, error => `${error.code}\0${error.file}\0${error.message}`).map(group => {
    const { code, file, message } = group[0]
    const targets = selectTargets(
      record.targets,
      group.map(error => error.target),
    )
    const text = cut(firstLine(message))
    return {
      kind: 'host',
      cause: code === 'worker-lost' ? 'host' : 'unattributed',
      lead: `${code} ${file} ${message}`,
      title: () => `${file} ended without a verdict on ${sayTargets(targets, record.targets)}`,
      checks: record.checks.filter(({ check }) => check.file === file).map(({ check }) => check.id),
      targets,
      evidence: targets.map(target => ({ kind: 'error', target: target.id, text, data: { code } })),
      advice:
        code === 'worker-lost'
          ? 'The process that ran the suite died: look for a lack of memory, then run again.'
          : 'The suite threw outside any check: catch the error in the suite.',
      reproduce: [],
    }
  })
}

/** Checks that gave no verdict, put together by what they say. */
function draftErrors(record: RunRecord): FindingDraft[] {
  const errored = record.checks.flatMap(check =>
    record.targets.flatMap(target => {
      const result = check.results.get(target.id)
      if (result?.status !== 'errored' || isSuiteError(record, check, target.id)) return []
      if (record.hostLosses.some(loss => loss.host === target.host)) return []
      const error = result.errors[0]
      const message = cut(firstLine(error?.message ?? result.reason ?? 'no reason given'))
      return [{ check: check.check.id, target, code: error?.code, message, isHosts: isHostFault(error) }]
    }),
  )
  return groupBy(errored, one => `${one.isHosts}\0${one.message}`).map(group => {
    const { isHosts, message } = group[0]
    const targets = selectTargets(
      record.targets,
      group.map(one => one.target.id),
    )
    const hosts = [...new Set(targets.map(target => target.host))].join(', ')
    return {
      kind: 'host',
      cause: isHosts ? 'host' : 'unattributed',
      lead: message,
      title: checks => `${checks} gave no verdict on ${sayTargets(targets, record.targets)}`,
      checks: [...new Set(group.map(one => one.check))],
      targets,
      evidence: targets.map(target => {
        const code = group.find(one => one.target === target)?.code
        return {
          kind: 'error',
          target: target.id,
          text: message,
          ...(code === undefined ? {} : { data: { code } }),
        }
      }),
      advice: isHosts
        ? `The engine, the network or the emulator of host ${hosts} failed: \`archparity doctor\` checks them.`
        : 'What the check needs before it can decide did not come up: the log of the container tells why.',
      reproduce: [],
    }
  })
}

function groupBy<T>(items: readonly T[], name: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = groups.get(name(item))
    if (group === undefined) groups.set(name(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

function isSuiteError(record: RunRecord, check: CheckRecord, target: string): boolean {
  return record.suiteErrors.some(error => error.target === target && error.file === check.check.file)
}

/** Whether an error is the engine's or the network's; a container that does not start may be the image's doing. */
function isHostFault(error: CheckError | undefined): boolean {
  return error?.kind === 'infrastructure' && error.code !== 'CONTAINER_FAILED'
}
