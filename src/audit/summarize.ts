import type { AuditSummary } from '../model/audit.js'
import { nameLoaderLibc } from './view/libc.js'
import type { PlatformView } from './view/platform-view.js'

/** The figures of one platform. */
export function summarizeInventory(view: PlatformView): AuditSummary {
  const { label, inventory } = view
  let files = 0
  let bytes = 0
  for (const entry of inventory.tree.values()) {
    if (entry.type !== 'file' && entry.type !== 'hardlink') continue
    files += 1
    // Names of one file share its bytes.
    if (entry.type === 'file') bytes += entry.size
  }
  const packages: Record<string, number> = {}
  for (const { ecosystem } of inventory.packages) packages[ecosystem] = (packages[ecosystem] ?? 0) + 1
  return {
    platform: label,
    digest: inventory.image.manifest.digest,
    layers: inventory.image.layers.length,
    files,
    bytes,
    elfFiles: view.elfFiles.length,
    packages,
    libc: nameLibc(view),
  }
}

/** By the interpreters of its programs; an image of static programs has none. */
function nameLibc(view: PlatformView): string {
  const counts = { glibc: 0, musl: 0 }
  for (const { elf } of view.elfFiles) {
    const libc = elf.interpreter === undefined ? undefined : nameLoaderLibc(elf.interpreter)
    if (libc === 'glibc' || libc === 'musl') counts[libc] += 1
  }
  if (counts.glibc === 0 && counts.musl === 0) return 'none'
  return counts.musl > counts.glibc ? 'musl' : 'glibc'
}
