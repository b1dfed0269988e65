import { createProver } from '../hosts/create-prover.js'
import { connectLocalHost } from '../hosts/local.js'
import { shortenDigest } from '../model/digest.js'
import type { ResolvedImage } from '../model/image.js'
import { openImageSource } from '../registry/index.js'
import { sanitizeLine } from '../report/sanitize.js'
import { makeLabels } from '../run/owner.js'
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
  const source = await openImageSource(named, {
    insecureRegistries: settings.insecureRegistries,
    root,
    onNotice: message => process.stderr.write(`note      ${sanitizeLine(message)}\n`),
  })
  try {
    const resolved = await source.resolve()
    const host = await connectLocalHost(env)
    const choice = {
      exclude: settings.excludePlatforms,
      ...(settings.platforms === undefined ? {} : { include: settings.platforms }),
      ...(settings.reference === undefined ? {} : { reference: settings.reference }),
    }
    const prover = createProver(host, makeLabels())
    const plan = await planTargets(resolved, host.facts, choice, prover.prove).finally(prover.close)
    await host.close()
    const targets = plan.targets.map(({ target }) => target)
    process.stdout.write(
      flags.json === true
        ? `${JSON.stringify({ image: resolved, host: host.facts, targets, lost: plan.lost }, null, 2)}\n`
        : formatPlan(resolved, plan),
    )
    return plan.targets.length === 0 || plan.lost.some(lost => !lost.intended) ? EXIT.incomplete : EXIT.parity
  } finally {
    await source.close()
  }
}

function formatPlan(image: ResolvedImage, plan: Plan): string {
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
