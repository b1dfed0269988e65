import type { Evidence } from '../model/finding.js'
import type { HostFacts } from '../model/host.js'
import type { Target } from '../model/target.js'
import type { TargetEvidence } from './evidence.js'
import type { Judgement } from './ruling-facts.js'
import { joinNames } from './world.js'

/** What is known where native hosts of one platform do not agree about one image. */
export interface Disagreement {
  readonly bad: readonly TargetEvidence[]
  readonly good: readonly Target[]
  /** Bad legs of the platform whose emulator's own choice of CPU is right. */
  readonly legs: readonly TargetEvidence[]
  readonly hosts: readonly HostFacts[]
  readonly platform: string
}

/** Traces of a host's own trouble. They decide only where the same image is right on another host. */
const HOST_TRACES: readonly {
  readonly pattern: RegExp
  readonly when?: (host: HostFacts | undefined) => boolean
  readonly note: string
  readonly advice: string
}[] = [
  {
    pattern: /No space left on device|\bENOSPC\b/,
    note: 'the host has no space left',
    advice: 'Make room where its engine keeps its data',
  },
  {
    pattern: /certificate is not yet valid|certificate has expired|\bCERT_(?:NOT_YET_VALID|HAS_EXPIRED)\b/,
    when: host => Math.abs(host?.clockSkewMs ?? 0) > 3_600_000,
    note: "the host's clock is wrong",
    advice: 'Set its clock',
  },
]

/**
 * Decides between native hosts that ran the same bytes: what the build holds cannot set them apart, so it is the CPU or
 * the page size that the build asks for, the host's own trouble, or nothing that is known.
 */
export function judgeDisagreement(facts: Disagreement): Judgement {
  const { bad, good, platform } = facts
  const badHosts = listHosts(bad.map(one => one.target))
  const goodHosts = listHosts(good)
  const same = `The same image of ${platform} is right on ${goodHosts} and not on ${badHosts}`
  if (bad.every(one => one.illegalInstruction)) {
    return {
      cause: 'architecture',
      advice: `${same}, where it dies of an instruction that the CPU does not have: build for the baseline of the platform, or choose the code by what the CPU has at run time.`,
    }
  }
  const [about] = bad
  if (about?.signature !== undefined && bad.every(one => tellsOfMachine(one, facts))) {
    return { cause: 'architecture', advice: `${same}. ${about.signature.signature.advice}` }
  }
  const leads = new Set(facts.legs.map(leg => leg.lead))
  if (bad.every(one => leads.has(one.lead))) {
    const models = joinNames([...new Set(facts.legs.flatMap(leg => leg.target.emulator?.cpu ?? []))])
    return {
      cause: 'architecture',
      advice: `${same}, and it breaks alike under the CPU model ${models}: build for the baseline of the platform.`,
    }
  }
  const traces = bad.map(one => findHostTrace(one, facts))
  const [trace] = traces
  if (trace !== undefined && traces.every(one => one === trace)) {
    return {
      cause: 'host',
      advice: `${same}, where ${trace.note}. ${trace.advice}, then run again.`,
      evidence: bad.map(one => ({
        kind: 'output-line',
        target: one.target.id,
        text: `${trace.note}: ${(one.lines.find(line => trace.pattern.test(line)) ?? '').trim().slice(0, 200)}`,
      })),
    }
  }
  const names = listDifferingFacts(facts).map(fact => fact.name)
  const next =
    names.length === 0
      ? 'No fact that is known of the hosts tells them apart: repeat it on both to see whether it is chance.'
      : `The hosts differ in ${joinNames(names)}: make these equal one at a time, or run it on a third host, to decide it.`
  return { cause: 'unattributed', advice: `${same}. ${next}` }
}

/** Whether a trace is about something of the machine that is not known to be the same on the good hosts. */
function tellsOfMachine({ signature, target }: TargetEvidence, { good, hosts }: Disagreement): boolean {
  const about = signature?.signature.about
  if (about !== 'page-size') return about !== undefined
  const size = findHost(hosts, target)?.pageSize
  return size === undefined || !good.some(one => findHost(hosts, one)?.pageSize === size)
}

function findHostTrace({ lines, target }: TargetEvidence, { hosts }: Disagreement) {
  return HOST_TRACES.find(
    trace => trace.when?.(findHost(hosts, target)) !== false && lines.some(line => trace.pattern.test(line)),
  )
}

type Fact = { readonly name: string; readonly read: (host: HostFacts) => string | undefined }

/** What two machines of one platform may differ in, in the order in which it is likely to matter. */
const FACTS: readonly Fact[] = [
  { name: 'CPU', read: host => host.cpuModel },
  { name: 'page size', read: host => host.pageSize?.toString() },
  { name: 'kernel', read: host => host.kernel },
  { name: 'kernel architecture', read: host => host.architecture },
  { name: 'engine', read: host => `${host.engine.name} ${host.engine.version}` },
  { name: 'image store', read: host => host.engine.imageStore },
  { name: 'storage driver', read: host => host.engine.storageDriver },
  { name: 'control groups', read: host => host.engine.cgroupVersion },
  { name: 'root of the engine', read: host => (host.engine.rootless ? 'rootless' : 'root') },
  { name: 'security options', read: host => [...host.engine.securityOptions].sort().join(' ') || 'none' },
  { name: 'operating system', read: host => host.operatingSystem },
  { name: 'number of CPUs', read: host => String(host.cpus) },
]

/** Facts of which no bad host has the value of any good one: only these can be the reason. */
function listDifferingFacts({ bad, good, hosts }: Disagreement) {
  const read = (targets: readonly Target[], fact: Fact) =>
    targets.flatMap(target => {
      const host = findHost(hosts, target)
      const value = host === undefined ? undefined : fact.read(host)
      return value === undefined ? [] : [[target.host, value] as const]
    })
  return FACTS.flatMap(fact => {
    const [onBad, onGood] = [
      read(
        bad.map(one => one.target),
        fact,
      ),
      read(good, fact),
    ]
    const apart = onBad.every(([, value]) => !onGood.some(([, other]) => other === value))
    return onBad.length === 0 || onGood.length === 0 || !apart ? [] : [{ name: fact.name, onBad, onGood }]
  })
}

/** The facts that set bad hosts apart from good ones, as data. */
export function describeHostFacts(facts: Disagreement): Evidence[] {
  const say = (pairs: readonly (readonly [string, string])[]) =>
    [...new Map(pairs)].map(([host, value]) => `${value} on ${host}`).join(', ')
  const differing: Evidence[] = listDifferingFacts(facts).map(({ name, onBad, onGood }) => ({
    kind: 'host-fact',
    text: `${name}: ${say(onBad)}; where it is right: ${say(onGood)}`,
    data: { fact: name, bad: Object.fromEntries(onBad), good: Object.fromEntries(onGood) },
  }))
  const missing = listMissingFeatures(facts)
  if (missing.length === 0) return differing
  const shown =
    missing.length > 8 ? `${missing.slice(0, 8).join(' ')} and ${missing.length - 8} more` : missing.join(' ')
  return [
    {
      kind: 'host-fact',
      text: `CPU features that only the hosts have on which it is right: ${shown}`,
      data: { fact: 'CPU features', missing },
    },
    ...differing,
  ]
}

function listMissingFeatures({ bad, good, hosts }: Disagreement): string[] {
  const read = (targets: readonly Target[]) => targets.map(target => findHost(hosts, target)?.cpuFeatures)
  const [onBad, onGood] = [read(bad.map(one => one.target)), read(good)]
  const [first] = onGood
  if (first === undefined || [...onBad, ...onGood].includes(undefined)) return []
  return [...new Set(first)]
    .filter(word => onGood.every(list => list?.includes(word)) && !onBad.some(list => list?.includes(word)))
    .sort()
}

function findHost(hosts: readonly HostFacts[], target: Target): HostFacts | undefined {
  return hosts.find(host => host.name === target.host)
}

function listHosts(targets: readonly Target[]): string {
  return joinNames([...new Set(targets.map(target => target.host))])
}
