import type { AuditFinding, AuditSummary, RuleLevel } from '../model/audit.js'
import type { Digest } from '../model/digest.js'
import { shortenDigest } from '../model/digest.js'
import type { PlatformImage, ResolvedImage } from '../model/image.js'
import { formatPlatform } from '../model/platform.js'
import type { ContentReader } from '../registry/index.js'
import type { LayerInventory, LayerProblem, PlatformInventory } from './inventory.js'
import { type InventoryProgress, inventoryLayers } from './layers/inventory-layers.js'
import { collectPackages } from './packages/collect-packages.js'
import { runRules } from './rules/run-rules.js'
import { summarizeInventory } from './summarize.js'
import { mergeLayers } from './tree/merge-layers.js'
import { createView } from './view/create-view.js'
import type { PlatformView } from './view/platform-view.js'

/** How an image is audited. Everything has a default. */
export interface AuditOptions {
  /** Which platforms are read; all Linux ones by default. */
  readonly selects?: (platform: PlatformImage) => boolean
  /** How much each rule matters, by id; a rule that is not named has its own severity. */
  readonly levels?: Readonly<Partial<Record<string, RuleLevel>>>
  /** Absolute paths that may be of another architecture, `*` at the end for all below. */
  readonly foreignPrograms?: readonly string[]
  /** Platforms, as users write them, that the index must have. */
  readonly requiredPlatforms?: readonly string[]
  /** Layers read at the same time. */
  readonly concurrency?: number
  /** Folder of the cache, or false to do without. */
  readonly cache?: string | false
  /** Folder for files that are too large for memory; the system's own by default. */
  readonly temporary?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: InventoryProgress) => void
}

/** What an audit came to. */
export interface Audit {
  readonly inventories: readonly PlatformInventory[]
  /** The same platforms as rules see them. */
  readonly views: readonly PlatformView[]
  readonly summaries: readonly AuditSummary[]
  readonly findings: readonly AuditFinding[]
  readonly layers: { readonly read: number; readonly cached: number }
}

/**
 * Reads every layer of every platform once and judges what they hold. Nothing is run and no engine is needed.
 * Rejects where the source cannot give a layer; what is wrong with a layer's bytes is a finding.
 */
export async function auditImage(
  source: ContentReader,
  image: ResolvedImage,
  options: AuditOptions = {},
): Promise<Audit> {
  const { selects = () => true, levels = {}, foreignPrograms = [], requiredPlatforms = [] } = options
  const platforms = image.platforms.filter(each => each.platform.os === 'linux' && selects(each))
  const { layers, read, cached } = await inventoryLayers(source, platforms, options)
  const labels = labelPlatforms(platforms)
  const inventories = platforms.map((each, index) => buildInventory(each, labels[index] ?? '', layers))
  options.signal?.throwIfAborted()
  const views = inventories.map(createView)
  const findings = runRules({ views, image, foreignPrograms, requiredPlatforms }, levels)
  return { inventories, views, summaries: views.map(summarizeInventory), findings, layers: { read, cached } }
}

/** Formatted platforms; one that the index lists twice carries a short digest. */
function labelPlatforms(platforms: readonly PlatformImage[]): string[] {
  const names = platforms.map(each => formatPlatform(each.platform))
  return names.map((name, index) => {
    const digest = platforms[index]?.manifest.digest
    const twice = names.indexOf(name) !== names.lastIndexOf(name)
    return twice && digest !== undefined ? `${name}@${shortenDigest(digest)}` : name
  })
}

function buildInventory(
  image: PlatformImage,
  label: string,
  inventories: ReadonlyMap<Digest, LayerInventory>,
): PlatformInventory {
  const read = image.layers.flatMap(layer => inventories.get(layer.digest) ?? [])
  const problems = new Map<LayerInventory, LayerProblem[]>()
  const tree = mergeLayers(read, (problem, layer) => {
    problems.set(layer, [...(problems.get(layer) ?? []), problem])
  })
  // What a layer refers to in lower ones shows only where they meet, so it is not among the layer's own problems.
  const layers = read.map(layer => {
    const more = problems.get(layer)
    return more === undefined ? layer : { ...layer, problems: [...layer.problems, ...more] }
  })
  const complete =
    layers.length === image.layers.length &&
    layers.every(layer => !layer.problems.some(problem => problem.incomplete))
  return { label, image, layers, tree, packages: collectPackages(tree), complete }
}
