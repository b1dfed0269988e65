import pc from 'picocolors'
import { ArchparityError } from '../errors.js'
import { PROBE_ARCHITECTURES } from '../hosts/probe-program.js'
import type { HostFacts } from '../model/host.js'
import { formatPlatform, type Platform } from '../model/platform.js'
import { sanitizeLine } from '../report/sanitize.js'
import { openHosts } from '../run/open-hosts.js'
import { makeLabels } from '../run/owner.js'
import { openTemporaryDirectory } from '../run/temporary-directory.js'
import { type Capability, judgeCapability } from '../targets/capability.js'
import type { PlanHost } from '../targets/choose-hosts.js'
import { EXIT } from './exit-codes.js'
import type { SettingFlags } from './options.js'
import { printError } from './print-error.js'
import { gatherOwnSettings } from './settings.js'
import { formatTable } from './table.js'

/** picocolors' own functions. */
type Colors = ReturnType<typeof pc.createColors>

/** `archparity doctor`: every host, and for each platform whether and how it runs there, with the fix for each defect. */
export async function doctorCommand(
  flags: SettingFlags & { config?: string },
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const colors = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR)
  const { settings } = await gatherOwnSettings(flags)
  const temporary = openTemporaryDirectory()
  try {
    const opened = await openHosts({
      settings,
      env,
      temporary: temporary.path,
      labels: makeLabels(),
      onNotice: message => process.stderr.write(`note ${sanitizeLine(message)}\n`),
    })
    try {
      const advice: Advice[] = []
      for (const host of opened.planHosts) {
        const judged = await judgePlatforms(host)
        const own = [...adviseOnHost(host.facts), ...adviseOnHandlers(judged)]
        process.stdout.write(formatDoctor(host.facts, judged, own, colors))
        advice.push(...own)
      }
      for (const { error } of opened.failures) printError(error)
      const broken = opened.failures.length > 0 || advice.some(each => each.serious)
      return broken ? EXIT.incomplete : EXIT.parity
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

/** How a host runs each platform; of a remote one only its own family is asked, unless it was declared for more. */
async function judgePlatforms(host: PlanHost): Promise<{ platform: Platform; capability: Capability }[]> {
  const judged: { platform: Platform; capability: Capability }[] = []
  for (const platform of listPlatforms()) {
    judged.push({ platform, capability: await judgeCapability(host.facts, platform, host.prove) })
  }
  return judged
}

interface Advice {
  /** Whether something cannot be tested until it is followed. */
  readonly serious: boolean
  readonly text: string
}

function listPlatforms(): Platform[] {
  return PROBE_ARCHITECTURES.map(architecture => ({
    os: 'linux',
    architecture,
    ...(architecture === 'arm' ? { variant: 'v7' } : {}),
  })).sort((a, b) => (formatPlatform(a) < formatPlatform(b) ? -1 : 1))
}

function adviseOnHost(facts: HostFacts): Advice[] {
  const advice: Advice[] = []
  if (!facts.handlersKnown) {
    advice.push({
      serious: false,
      text: facts.sameKernel
        ? 'binfmt_misc is not mounted, so its handlers cannot be seen: sudo mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc'
        : 'The engine runs on a kernel that cannot be seen from here: platforms were tried in containers, and their emulators have no names.',
    })
  }
  return advice
}

function adviseOnHandlers(judged: readonly { platform: Platform; capability: Capability }[]): Advice[] {
  const missing = judged.filter(({ capability }) => !capability.runs)
  const advice: Advice[] = []
  if (missing.length > 0) {
    const names = missing.map(({ platform }) => formatPlatform(platform)).join(', ')
    const install = `docker run --privileged --rm tonistiigi/binfmt --install ${missing.map(({ platform }) => platform.architecture).join(',')}`
    const fix = `Debian/Ubuntu: sudo apt-get install qemu-user-static binfmt-support; elsewhere: ${install}`
    advice.push({ serious: true, text: `Cannot run ${names}. ${fix}` })
  }
  const emulators = judged.flatMap(({ capability }) =>
    capability.runs && capability.emulator ? [capability.emulator] : [],
  )
  const lacking = (flag: string) =>
    emulators.filter(each => each.flags !== undefined && !each.flags.includes(flag)).map(each => each.name)
  if (lacking('F').length > 0) {
    advice.push({
      serious: true,
      text: `Handlers without flag F cannot be found from inside containers: ${lacking('F').join(', ')}. Register them anew with F (Debian’s qemu-user-static does).`,
    })
  }
  if (lacking('C').length > 0) {
    advice.push({
      serious: false,
      text: `Handlers without flag C ignore setuid bits and file capabilities: ${lacking('C').join(', ')}. sudo and ping may fail emulated though the image is right.`,
    })
  }
  return advice
}

function formatDoctor(
  facts: HostFacts,
  judged: readonly { platform: Platform; capability: Capability }[],
  advice: readonly Advice[],
  colors: Colors,
): string {
  const { engine } = facts
  const memory = `${(facts.memory / 1024 ** 3).toFixed(1)} GiB`
  const lines = [
    `host ${facts.name}  ${facts.endpoint}`,
    `  engine  ${engine.name} ${engine.version} (API ${engine.apiVersion}), ${engine.imageStore} image store on ${engine.storageDriver}${engine.rootless ? ', rootless' : ''}`,
    `  system  ${facts.operatingSystem}, kernel ${facts.kernel}, linux/${facts.architecture}, ${facts.cpus} CPUs${facts.cpuModel ? ` (${facts.cpuModel})` : ''}, ${memory}`,
    '',
  ]
  const rows = judged.map(({ platform, capability }) => [
    capability.runs ? 'ok' : '--',
    formatPlatform(platform),
    capability.runs ? capability.execution : 'cannot run',
    capability.reason,
  ])
  lines.push(formatTable(rows).replace(/^ok/gm, colors.green('ok')).replace(/^--/gm, colors.red('--')), '')
  for (const { serious, text } of advice)
    lines.push(`${serious ? colors.red('fix ') : colors.yellow('note')} ${text}`)
  if (advice.length === 0) lines.push('Nothing to mend.')
  return `${lines.join('\n')}\n`
}
