import type { AuditEvidence } from '../../model/audit.js'
import { groupPlatforms } from '../compare/groups.js'
import { listCommands } from '../compare/history.js'
import { type Split, splitValues } from '../compare/split.js'
import { countOf, cutText, joinLabels, labelsOf } from '../compare/wording.js'
import type { PlatformView } from '../view/platform-view.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Platforms that were not built by the same steps. */
export const layersDiffer: AuditRule = {
  id: 'layers-differ',
  scope: 'image',
  severity: 'note',
  title: 'Platforms were built by other steps',
  why: 'One Dockerfile gives every platform the same steps; others mean another Dockerfile, another stage or an older build.',
  check: ({ views }) => groupPlatforms(views).flatMap(findDifference),
}

function findDifference(views: readonly PlatformView[]): RuleHit[] {
  const labels = views.map(view => view.label)
  const commands = views.map(view => listCommands(view.inventory.image.imageConfig, view.platform))
  const bySteps = splitValues(
    commands.map(steps => {
      if (steps === undefined) return undefined
      const raw = JSON.stringify(steps.map(step => step.raw))
      return { raw, neutral: JSON.stringify(steps.map(step => step.neutral)) }
    }),
    labels,
  )
  if (bySteps !== undefined) return [describeSteps(bySteps, commands, labels)]
  const byNumber = splitValues(
    views.map(({ inventory }) => {
      const text = countOf(inventory.image.layers.length, 'layer')
      return { raw: text, neutral: text }
    }),
    labels,
  )
  return byNumber === undefined ? [] : [describeNumber(byNumber, labels)]
}

type Commands = ReturnType<typeof listCommands>

function describeSteps(split: Split, commands: readonly Commands[], labels: readonly string[]): RuleHit {
  const wrong = labelsOf(split.wrong, labels)
  const [base, ...others] = split.classes
  let hasOther = false
  const known = new Set(commands[base?.members[0] ?? 0]?.map(step => step.neutral))
  const evidence = others.flatMap((one): AuditEvidence[] => {
    const side = one.members[0] ?? 0
    const steps = commands[side] ?? []
    const own = new Set(steps.map(step => step.neutral))
    const added = steps.filter(step => !known.has(step.neutral))
    const dropped = (commands[base?.members[0] ?? 0] ?? []).filter(step => !own.has(step.neutral))
    const platforms = joinLabels(labelsOf(one.members, labels))
    const described = [
      ...added.map(step => `only on ${platforms}: ${cutText(step.raw, 300)}`),
      ...dropped.map(step => `not on ${platforms}: ${cutText(step.raw, 300)}`),
    ]
    hasOther ||= described.length > 0
    const texts =
      described.length > 0 ? described : [`${platforms}: the same steps in another order or number`]
    return texts.map(text => ({ platform: labels[side] ?? '', text }))
  })
  return {
    platforms: wrong,
    // The same commands more than once, or in another order, give another number of layers and nothing else.
    ...(hasOther ? { severity: 'warning' } : {}),
    title: hasOther
      ? split.majority
        ? `${joinLabels(wrong)} ${wrong.length === 1 ? 'was' : 'were'} built by other commands than the other platforms`
        : `${joinLabels(wrong)} were built by different commands`
      : `${joinLabels(wrong)} ${wrong.length === 1 ? 'was' : 'were'} built by the same commands in another order or number`,
    subject: 'commands',
    evidence,
    advice:
      'Build all platforms from one Dockerfile and at one time. Decide by architecture inside a command (TARGETARCH), not by which commands there are.',
  }
}

function describeNumber(split: Split, labels: readonly string[]): RuleHit {
  const wrong = labelsOf(split.wrong, labels)
  return {
    platforms: wrong,
    title: `${joinLabels(wrong)} ${wrong.length === 1 ? 'has' : 'have'} ${split.majority ? 'another number of layers than the other platforms' : 'different numbers of layers'}`,
    subject: 'number',
    evidence: split.classes.map(one => ({
      text: `${one.value} on ${joinLabels(labelsOf(one.members, labels))}`,
      data: { platforms: labelsOf(one.members, labels) },
    })),
    advice: 'See whether one platform comes from another build or another base image, or was squashed.',
  }
}
