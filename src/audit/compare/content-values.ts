import type { TreeEntry } from '../inventory.js'
import type { PlatformView } from '../view/platform-view.js'
import type { FileRow } from './comparison.js'
import { classifyType } from './file-values.js'
import { neutralizeWords } from './neutral-words.js'
import type { SplitValue } from './split.js'

/** What kind of content a row has on the platforms that have it. */
export type ContentKind = 'program' | 'archive' | 'text' | 'data' | 'link' | 'mixed'

/** Formats that carry the time or the order of their making: equal content gives other bytes in every build. */
const ARCHIVES =
  /\.(?:jar|war|ear|zip|whl|egg|nupkg|gem|gz|tgz|bz2|xz|zst|tar|7z|rpm|deb|apk|cpio|squashfs|img|pack|asar|nar|phar)$/i

/** Judges a row by what its entries are; `mixed` where one platform has a link or a program and another has not. */
export function classifyContent(row: FileRow): ContentKind {
  const entries = row.items.filter(item => item !== undefined)
  const types = new Set(entries.map(classifyType))
  if (types.size > 1) return 'mixed'
  if (types.has('symlink')) return 'link'
  const programs = entries.filter(entry => entry.content?.elf !== undefined).length
  if (programs > 0) return programs === entries.length ? 'program' : 'mixed'
  if (entries.some(entry => ARCHIVES.test(entry.path) || entry.content?.fact?.kind === 'archive'))
    return 'archive'
  return entries.every(entry => entry.size === 0 || entry.content?.text === true) ? 'text' : 'data'
}

/** What is compared of an entry: its kind where kinds differ, else where it points or what it holds. */
export function readContent(entry: TreeEntry, view: PlatformView, kind: ContentKind): SplitValue | undefined {
  if (kind === 'mixed') {
    const what = entry.content?.elf === undefined ? classifyType(entry) : 'program'
    return { raw: what, neutral: what }
  }
  if (kind === 'link') {
    const link = entry.link ?? ''
    return { raw: link, neutral: neutralizeWords(view.neutralizePath(link), view.platform) }
  }
  const { content } = entry
  if (content === undefined) return undefined
  return { raw: content.sha256, neutral: content.neutralSha256 ?? content.sha256 }
}
