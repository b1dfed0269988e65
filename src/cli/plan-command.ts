import { shortenDigest } from '../model/digest.js'
import type { ResolvedImage } from '../model/image.js'
import { openImageSource } from '../registry/index.js'
import { sanitizeLine } from '../report/sanitize.js'
import { openHosts } from '../run/open-hosts.js'
import { makeLabels } from '../run/owner.js'
import { describeChoice } from '../run/plan-choice.js'
import { openTemporaryDirectory } from '../run/temporary-directory.js'
import { type Plan, planTargets } from '../targets/plan.js'
import { EXIT } from './exit-codes.js'
import type { SettingFlags } from './options.js'
import { gatherSettings } from './settings.js'
import { formatTable } from './table.js'

/** `archparity plan`: what a run would run, where and how, on standard output. Nothing is pulled. */
export async function planCommand(
  image: string | undefined,
  flags: SettingFlags & { config?: string; json?: boolean },
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const { image: named, settings, root } = await gatherSettings(image, flags)
  const say = (message: string) => process.stderr.write(`note      ${sanitizeLine(message)}\n`)
  const { insecureRegistries } = settings
  const source = await openImageSource(named, { insecureRegistries, root, onNotice: say })
  const temporary = openTemporaryDirectory()
  try {
    const resolved = await source.resolve()
    const opened = await openHosts({
      settings,
      env,
      temporary: temporary.path,
      labels: makeLabels(),
      onNotice: say,
    })
    const plan = await planTargets(resolved, opened.planHosts, describeChoice(settings)).finally(async () => {
      await opened.endProofs()
      await opened.close()
    })
    const targets = plan.targets.map(({ target }) => target)
    const hosts = opened.hosts.map(host => host.facts)
    const failures = opened.failures.map(({ spec, error }) => ({
      host: spec.name,
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    }))
    process.stdout.write(
      flags.json === true
        ? `${JSON.stringify({ image: resolved, hosts, failures, targets, lost: plan.lost }, null, 2)}\n`
        : formatPlan(resolved, plan, failures),
    )
    const incomplete = targets.length === 0 || failures.length > 0 || plan.lost.some(lost => !lost.intended)
    return incomplete ? EXIT.incomplete : EXIT.parity
  } finally {
    await source.close()
    temporary.close()
  }
}

interface Failure {
  readonly host: string
  readonly message: string
  readonly hint?: string
}

function formatPlan(image: ResolvedImage, plan: Plan, failures: readonly Failure[]): string {
  const kind = image.kind === 'index' ? 'index' : 'single manifest'
  const lines = [`${sanitizeLine(image.reference)}`, `${kind} ${image.digest}`, '']
  const rows = plan.targets.map(({ target }) => [
    target.label,
    target.digest,
    target.host,
    `${target.execution}${target.reference ? ' (reference)' : ''}`,
    target.reason,
  ])
  lines.push(formatTable([['PLATFORM', 'DIGEST', 'HOST', 'EXECUTION', 'WHY'], ...rows]))
  if (failures.length > 0) {
    lines.push('', 'Not reached:')
    for (const { message, hint } of failures) {
      lines.push(`  ${sanitizeLine(message)}`)
      if (hint !== undefined) lines.push(`    try: ${sanitizeLine(hint)}`)
    }
  }
  if (plan.lost.length > 0) {
    lines.push('', 'Not run:')
    for (const lost of plan.lost) {
      lines.push(`  ${sanitizeLine(lost.platform)}: ${sanitizeLine(lost.reason)}`)
      if (lost.fix !== undefined) lines.push(`    try: ${lost.fix}`)
    }
  }
  const attested = image.platforms.reduce(
    (sum, each) => sum + each.attestations.length,
    image.attestations.length,
  )
  if (attested > 0)
    lines.push('', `${attested} attestation manifest${attested === 1 ? '' : 's'} listed, not run.`)
  for (const note of image.notes)
    lines.push(`note: ${sanitizeLine(note.message)}${note.digest ? ` (${shortenDigest(note.digest)})` : ''}`)
  return `${lines.join('\n')}\n`
}
