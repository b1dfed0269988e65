import type { AuditEvidence } from '../../model/audit.js'
import { compareText } from '../../model/platform.js'
import { type Comparison, comparePlatforms } from '../compare/comparison.js'
import {
  type FolderSizes,
  locateDifference,
  type Measure,
  measureFolders,
  measureRoot,
} from '../compare/sizes.js'
import { countOf, formatBytes, joinLabels } from '../compare/wording.js'
import type { PlatformView } from '../view/platform-view.js'
import { oncePerView } from './common/per-view.js'
import type { AuditRule, RuleHit } from './rule.js'

/** From when on a platform is out of proportion: both bounds must be passed. */
interface Bounds {
  readonly measure: Measure
  readonly name: string
  readonly ratio: number
  readonly atLeast: number
}

/**
 * Measured on Debian images with Python, Node and a C++ compiler for six architectures: data is within a few percent
 * of the median, machine code between 0.6 and 1.4 times of it.
 */
const BOUNDS: readonly Bounds[] = [
  { measure: 'data', name: 'data', ratio: 1.5, atLeast: 20_000_000 },
  { measure: 'code', name: 'machine code', ratio: 2.5, atLeast: 30_000_000 },
  { measure: 'files', name: 'files', ratio: 1.5, atLeast: 2000 },
]

/** Platforms that hold far more or far less than the others. */
export const sizeDiffers: AuditRule = {
  id: 'size-differs',
  scope: 'image',
  severity: 'warning',
  title: 'A platform is out of proportion',
  why: 'A platform of a fraction of the size lacks something large: a model, a database, a whole set of libraries.',
  check: input => comparePlatforms(input).flatMap(findOutliers),
}

function findOutliers(comparison: Comparison): RuleHit[] {
  const totals = comparison.views.map(measureRoot)
  return BOUNDS.flatMap(bounds => judgeMeasure(bounds, totals, comparison))
}

function judgeMeasure(
  bounds: Bounds,
  totals: readonly ReturnType<typeof measureRoot>[],
  comparison: Comparison,
): RuleHit[] {
  const { labels, complete } = comparison
  const values = totals.flatMap((one, side) => (complete[side] ? [{ side, value: one[bounds.measure] }] : []))
  if (values.length < 2) return []
  const sorted = [...values].sort(
    (a, b) => a.value - b.value || compareText(labels[a.side] ?? '', labels[b.side] ?? ''),
  )
  const median = sorted[Math.floor((sorted.length - 1) / 2)] as { side: number; value: number }
  // Of two platforms neither is the measure of the other, and half of an even number is no majority.
  const reference = sorted.length === 2 ? (sorted[1] as { side: number; value: number }) : median
  const outliers = values.filter(({ value }) => isOut(value, reference.value, bounds))
  if (outliers.length === 0) return []
  const hasMajority = values.length >= 3 && outliers.length * 2 < values.length
  const wrong = (hasMajority ? outliers : values).map(({ side }) => side)
  const platforms = [...wrong].sort((a, b) => a - b).map(side => labels[side] ?? '')
  const format = (value: number) => (bounds.measure === 'files' ? countOf(value, 'file') : formatBytes(value))
  const named = joinLabels(outliers.map(({ side }) => labels[side] ?? ''))
  const first = outliers[0] as { side: number; value: number }
  return [
    {
      platforms,
      title: hasMajority
        ? `${named} ${outliers.length === 1 ? 'holds' : 'hold'} ${first.value < reference.value ? 'far less' : 'far more'} ${bounds.name} than the other platforms`
        : `The amount of ${bounds.name} is out of proportion between ${joinLabels(platforms)}`,
      subject: bounds.measure,
      evidence: [
        ...values.map(
          ({ side, value }): AuditEvidence => ({
            platform: labels[side] ?? '',
            text: `${labels[side]}: ${format(value)}`,
            data: { measure: bounds.measure, value },
          }),
        ),
        ...outliers.flatMap(({ side }) =>
          locateDifference(
            measureSide(comparison, side),
            measureSide(comparison, reference.side),
            bounds.measure,
          ).map(
            ({ folder, here, there }): AuditEvidence => ({
              platform: labels[side] ?? '',
              path: folder,
              text: `${folder}: ${format(here)} on ${labels[side]}, ${format(there)} on ${labels[reference.side]}`,
              data: { here, there },
            }),
          ),
        ),
      ],
      advice:
        'Look at the folders named: a download or a build step did less there, or left its waste behind.',
    },
  ]
}

const measureOnce = oncePerView(measureFolders)

function measureSide({ views }: Comparison, side: number): FolderSizes {
  return measureOnce(views[side] as PlatformView)
}

function isOut(value: number, reference: number, { ratio, atLeast }: Bounds): boolean {
  const [small, large] = value < reference ? [value, reference] : [reference, value]
  return large - small > atLeast && large > ratio * small
}
