import type { AuditEvidence, Severity } from '../../model/audit.js'
import type { ImageConfig } from '../../model/image.js'
import { compareText } from '../../model/platform.js'
import {
  isPlatformLabel,
  isPlatformVariable,
  neutralizeValue,
  readEnvironment,
} from '../compare/config-values.js'
import { groupPlatforms } from '../compare/groups.js'
import { type Split, signSplit, splitValues } from '../compare/split.js'
import { countOf, describeClasses, joinLabels, labelsOf } from '../compare/wording.js'
import type { PlatformView } from '../view/platform-view.js'
import type { AuditRule, RuleHit } from './rule.js'

/** One thing of the config that is compared as a whole. */
interface ConfigField {
  readonly name: string
  /** `error` where another value means another program, or other rights. */
  readonly severity?: Severity
  read(config: ImageConfig): string | undefined
}

const FIELDS: readonly ConfigField[] = [
  { name: 'entrypoint', severity: 'error', read: config => formatWords(config.entrypoint) },
  { name: 'command', severity: 'error', read: config => formatWords(config.command) },
  { name: 'user', severity: 'error', read: config => config.user },
  { name: 'working directory', read: config => trimPath(config.workingDir) },
  { name: 'stop signal', read: config => config.stopSignal },
  { name: 'health check', read: config => formatWords(config.healthcheck) },
  { name: 'exposed ports', read: config => formatSet(config.exposedPorts) },
  { name: 'volumes', read: config => formatSet(config.volumes) },
]

const ABSENT = '(none)'

/** How the image is started, where platforms do not agree on it. */
export const configDiffers: AuditRule = {
  id: 'config-differs',
  scope: 'image',
  severity: 'warning',
  title: 'The image config differs between platforms',
  why: 'Another entrypoint, user or variable makes the same tag another program on that platform.',
  check: ({ views }) => groupPlatforms(views).flatMap(findDifferences),
}

function findDifferences(views: readonly PlatformView[]): RuleHit[] {
  return [
    ...FIELDS.flatMap(field => compareField(field, views)),
    ...compareMaps('environment variable', readEnvironment, isPlatformVariable, views),
    ...compareMaps('label', config => new Map(Object.entries(config.labels)), isPlatformLabel, views),
  ]
}

function compareField({ name, severity, read }: ConfigField, views: readonly PlatformView[]): RuleHit[] {
  const split = splitConfig(views, config => read(config) ?? ABSENT)
  if (split === undefined) return []
  const hit = describeHit(name, [{ name, split }], listLabels(views))
  return [severity === undefined ? hit : { ...hit, severity }]
}

/** Variables and labels that part the platforms the same way are one finding. */
function compareMaps(
  kind: string,
  read: (config: ImageConfig) => ReadonlyMap<string, string>,
  mayDiffer: (name: string) => boolean,
  views: readonly PlatformView[],
): RuleHit[] {
  const labels = listLabels(views)
  const maps = views.map(view => read(view.inventory.image.imageConfig))
  const names = [...new Set(maps.flatMap(map => [...map.keys()]))].sort(compareText)
  const groups = new Map<string, { name: string; split: Split }[]>()
  for (const name of names) {
    if (mayDiffer(name)) continue
    const values = maps.map((map, side) => {
      const view = views[side]
      return view === undefined ? undefined : neutralizeValue(map.get(name) ?? ABSENT, view.platform)
    })
    const split = splitValues(values, labels)
    if (split === undefined) continue
    const key = signSplit(split)
    groups.set(key, [...(groups.get(key) ?? []), { name, split }])
  }
  return [...groups.values()].map(items => {
    const what = items.length === 1 ? `${kind} ${items[0]?.name}` : countOf(items.length, kind)
    return describeHit(what, items, labels, `${kind} ${items[0]?.name}`)
  })
}

function splitConfig(
  views: readonly PlatformView[],
  read: (config: ImageConfig) => string,
): Split | undefined {
  return splitValues(
    views.map(({ inventory, platform }) => neutralizeValue(read(inventory.image.imageConfig), platform)),
    listLabels(views),
  )
}

const listLabels = (views: readonly PlatformView[]) => views.map(view => view.label)

function describeHit(
  what: string,
  items: readonly { readonly name: string; readonly split: Split }[],
  labels: readonly string[],
  subject = what,
): RuleHit {
  const { split } = items[0] as { split: Split }
  const wrong = labelsOf(split.wrong, labels)
  const verb = items.length === 1 && !what.endsWith('ports') && what !== 'volumes' ? 'differs' : 'differ'
  return {
    platforms: wrong,
    title: split.majority
      ? `${joinLabels(wrong)} ${wrong.length === 1 ? 'has' : 'have'} another ${what.replace(/^(\d+ )/, 'value of $1')} than the other platforms`
      : `${what} ${verb} between ${joinLabels(wrong)}`,
    subject,
    evidence: items.map(item => describeEvidence(item.name, item.split, labels)),
    advice:
      'Set it once, outside of what the build decides by architecture; a base image that differs per platform brings its own config along.',
  }
}

function describeEvidence(name: string, split: Split, labels: readonly string[]): AuditEvidence {
  return {
    text: `${name}: ${describeClasses(split, labels)}`,
    data: {
      name,
      values: split.classes.map(one => ({ value: one.value, platforms: labelsOf(one.members, labels) })),
    },
  }
}

function formatWords(words: readonly string[] | undefined): string | undefined {
  return words === undefined || words.length === 0 ? undefined : JSON.stringify(words)
}

function formatSet(items: readonly string[]): string | undefined {
  return items.length === 0 ? undefined : [...items].sort(compareText).join(', ')
}

/** An engine starts in `/` where nothing is said, and knows no difference between `/app` and `/app/`. */
function trimPath(path: string | undefined): string {
  return path === undefined || path === '' ? '/' : path.replace(/(?<=.)\/+$/, '')
}
