import { isForOtherSystem } from '../compare/native-modules.js'
import type { ElfFacts } from '../elf/elf-facts.js'
import type { ElfFile, PlatformView } from '../view/platform-view.js'
import { cite } from './common/describe.js'
import { isFirmware, isTestData } from './common/places.js'
import type { AuditRule, RuleHit } from './rule.js'

/**
 * Page sizes beyond 4 KiB with which kernels of a platform are in use: arm64 with 16 KiB (Raspberry Pi 5, Asahi) and
 * 64 KiB (RHEL 8, Grace), ppc64le with 64 KiB (every distribution), loong64 with 16 KiB (the default).
 */
const PAGE_SIZES: Readonly<Record<string, readonly number[]>> = {
  arm64: [16384, 65536],
  ppc64le: [65536],
  loong64: [16384],
}

/** Programs and libraries that kernels with larger pages cannot map. */
export const pageSize: AuditRule = {
  id: 'page-size',
  scope: 'platform',
  severity: 'warning',
  title: 'Files cannot be mapped where pages are larger than 4 KiB',
  why: 'On kernels with 16 or 64 KiB pages the loader refuses them ("ELF load command alignment not page-aligned"); machines with 4 KiB pages, and emulators on them, do not show it.',
  check: ({ views }) => views.flatMap(findTooSmall),
}

function findTooSmall(view: PlatformView): RuleHit[] {
  const sizes = PAGE_SIZES[view.platform.architecture] ?? []
  const groups = new Map<number, ElfFile[]>()
  for (const file of view.elfFiles) {
    const { elf } = file
    const loadable =
      (elf.type === 'executable' || elf.type === 'pie' || elf.type === 'shared') && !isTestData(file.path)
    if (isFirmware(file.path) || isForOtherSystem(file.path)) continue
    if (!loadable || elf.architecture !== view.platform.architecture) continue
    const max = limitPages(elf)
    if (max !== undefined && sizes.some(size => size > max))
      groups.set(max, [...(groups.get(max) ?? []), file])
  }
  return [...groups].map(([max, files]) => describeFiles(view, max, files, sizes))
}

/**
 * The largest page size that the file is made for. Before 2.35 glibc also refuses a library that declares a smaller
 * alignment than the page, whatever its addresses are ("ELF load command alignment not page-aligned").
 */
function limitPages({ type, maxPageSize, loadAlign }: ElfFacts): number | undefined {
  if (maxPageSize === undefined) return undefined
  return type === 'shared' && loadAlign !== undefined && loadAlign >= 4096
    ? Math.min(maxPageSize, loadAlign)
    : maxPageSize
}

function describeFiles(
  view: PlatformView,
  max: number,
  files: readonly ElfFile[],
  sizes: readonly number[],
): RuleHit {
  const paths = files.map(({ path }) => `/${path}`)
  const broken = sizes.filter(size => size > max).map(toKib)
  const one = paths.length === 1
  return {
    platforms: [view.label],
    title: `${one ? paths[0] : `${paths.length} files`} cannot be mapped on kernels with ${broken.join(' or ')} pages`,
    subject: `${max} ${files.map(({ path }) => view.neutralizePath(path)).join('\n')}`,
    paths,
    evidence: files.map(({ entry, elf }) =>
      cite(
        view,
        entry,
        `segments aligned to ${toKib(elf.loadAlign ?? max)}, made for pages up to ${toKib(max)}`,
        { loadAlign: elf.loadAlign, maxPageSize: elf.maxPageSize },
      ),
    ),
    advice: `Link ${one ? 'it' : 'them'} with -Wl,-z,max-page-size=65536, or take a build that is.`,
  }
}

function toKib(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${bytes / 1024} KiB`
}
