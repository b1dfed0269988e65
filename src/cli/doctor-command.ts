import pc from 'picocolors'
import { ArchparityError } from '../errors.js'
import { createProver } from '../hosts/create-prover.js'
import type { Host } from '../hosts/host.js'
import { connectLocalHost } from '../hosts/local.js'
import { PROBE_ARCHITECTURES } from '../hosts/probe-program.js'
import type { HostFacts } from '../model/host.js'
import { formatPlatform, type Platform } from '../model/platform.js'
import { makeLabels } from '../run/owner.js'
import { type Capability, judgeCapability } from '../targets/capability.js'
import { EXIT } from './exit-codes.js'
import { printError } from './print-error.js'
import { formatTable } from './table.js'

/** picocolors' own functions. */
type Colors = ReturnType<typeof pc.createColors>

/** `archparity doctor`: the engine, and for each platform whether and how it runs, with the fix for each defect. */
export async function doctorCommand(env: NodeJS.ProcessEnv): Promise<number> {
  const colors = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR)
  let host: Host
  try {
    host = await connectLocalHost(env)
  } catch (error) {
    if (error instanceof ArchparityError) return printError(error)
    throw error
  }
  const { facts } = host
  const judged: { platform: Platform; capability: Capability }[] = []
  const prover = createProver(host, makeLabels())
  try {
    for (const platform of listPlatforms())
      judged.push({ platform, capability: await judgeCapability(facts, platform, prover.prove) })
  } finally {
    await prover.close()
  }
  await host.close()
  const advice = [...adviseOnHost(facts), ...adviseOnHandlers(judged)]
  process.stdout.write(formatDoctor(facts, judged, advice, colors))
  return advice.some(each => each.serious) ? EXIT.incomplete : EXIT.parity
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
