import { adviseOnFailure, adviseOnHost } from '../doctor/advise.js'
import { choosePlatforms } from '../doctor/choose-platforms.js'
import type { JudgedPlatform, KnownHost } from '../doctor/known-host.js'
import { ArchparityError } from '../errors.js'
import type { Host } from '../hosts/host.js'
import { type EveryHost, openEveryHost } from '../run/open-hosts.js'
import { makeLabels } from '../run/owner.js'
import { openTemporaryDirectory } from '../run/temporary-directory.js'
import { judgeCapability } from '../targets/capability.js'
import type { PlanHost } from '../targets/choose-hosts.js'
import { EXIT, exitCodeOfError } from './exit-codes.js'
import {
  type Diagnosis,
  describeAsJson,
  formatDiagnosis,
  formatSummary,
  makeDoctorStyle,
} from './format-doctor.js'
import type { SettingFlags } from './options.js'
import { printError } from './print-error.js'
import { gatherOwnSettings } from './settings.js'

/**
 * `archparity doctor`: every host, and for each platform that it is meant for whether and how it runs there, with the
 * fix for each defect. Hosts are asked all at once, and told in the order of their declaration.
 */
export async function doctorCommand(
  flags: SettingFlags & { config?: string; json?: boolean },
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const { settings } = await gatherOwnSettings(flags)
  const temporary = openTemporaryDirectory()
  try {
    const opened = await openEveryHost({ settings, env, temporary: temporary.path, labels: makeLabels() })
    try {
      const style = makeDoctorStyle(process.stdout)
      const diagnoses: Diagnosis[] = []
      for (const pending of examineAll(opened)) {
        const diagnosis = await pending
        diagnoses.push(diagnosis)
        if (flags.json !== true) process.stdout.write(`${formatDiagnosis(diagnosis, style)}\n`)
      }
      process.stdout.write(flags.json === true ? describeAsJson(diagnoses) : formatSummary(diagnoses))
      return chooseExitCode(diagnoses, opened)
    } finally {
      await opened.endProofs()
      await opened.close()
    }
  } catch (error) {
    if (error instanceof ArchparityError) return printError(error)
    throw error
  } finally {
    temporary.close()
  }
}

/** Begins with all hosts at once; a slow one keeps no other one waiting. */
function examineAll(opened: EveryHost): Promise<Diagnosis>[] {
  const pending = opened.specs.flatMap((spec): Promise<Diagnosis>[] => {
    const failure = opened.failures.find(each => each.spec === spec)
    if (failure !== undefined) {
      const { error, optional } = failure
      return [Promise.resolve({ spec, error, advice: adviseOnFailure(error, optional) })]
    }
    const index = opened.hosts.findIndex(host => host.spec === spec)
    const [host, planHost] = [opened.hosts[index], opened.planHosts[index]]
    return host === undefined || planHost === undefined ? [] : [examineHost(host, planHost, opened)]
  })
  // One that fails is told when its turn comes.
  for (const each of pending) each.catch(() => {})
  return pending
}

async function examineHost(host: Host, { facts, prove }: PlanHost, opened: EveryHost): Promise<Diagnosis> {
  const { spec } = host
  const { platforms, emulates } = choosePlatforms(spec, facts.architecture)
  const judged: JudgedPlatform[] = []
  // One after another: a small machine has enough to do with one.
  for (const platform of platforms)
    judged.push({ platform, capability: await judgeCapability(facts, platform, prove) })
  const others = opened.hosts.filter(other => other !== host && other.spec.platforms === undefined)
  const known: KnownHost = {
    spec,
    facts,
    platforms: judged,
    emulates,
    aliases: opened.twins.filter(twin => twin.of === host.name).map(twin => twin.spec.name),
    others: Object.fromEntries(others.map(other => [other.facts.architecture, other.name])),
    asRoot: facts.kind === 'ssh' ? host.user === 'root' : process.getuid?.() === 0,
  }
  return { spec, known, advice: adviseOnHost(known) }
}

function chooseExitCode(diagnoses: readonly Diagnosis[], { failures }: EveryHost): number {
  const usage = failures.find(({ error }) => error.category !== 'coverage')
  if (usage !== undefined) return exitCodeOfError(usage.error.category)
  const isBroken = diagnoses.some(({ advice }) => advice.some(each => each.severity === 'fix'))
  return isBroken ? EXIT.incomplete : EXIT.parity
}
