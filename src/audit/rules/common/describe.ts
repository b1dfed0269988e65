import type { AuditEvidence } from '../../../model/audit.js'
import { formatElfMachine } from '../../../model/elf-header.js'
import type { TreeEntry } from '../../inventory.js'
import type { Abi } from '../../view/abi.js'
import type { PlatformView } from '../../view/platform-view.js'

const MAX_TEXT = 200
/** Control, format (bidi, zero-width), line separating and lone surrogate characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Makes a text from an image fit for one line: what cannot be seen is shown as an escape, and the text is cut. */
export function showText(text: string, limit = MAX_TEXT): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text
  return cut.replace(UNSEEN, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** `amd64`, or the number of a machine that OCI has no word for. */
export function nameMachine(elf: Abi & { readonly architecture?: string }): string {
  return formatElfMachine({ ...elf, architecture: elf.architecture })
}

/** One fact about a file, with the layer that put it there. */
export function cite(
  view: PlatformView,
  entry: TreeEntry,
  text: string,
  data?: Readonly<Record<string, unknown>>,
): AuditEvidence {
  const layer = view.inventory.layers[entry.layer]?.digest
  return {
    platform: view.label,
    path: `/${entry.path}`,
    ...(layer === undefined ? {} : { layer }),
    text,
    ...(data === undefined ? {} : { data }),
  }
}

/** `1 file`, `3 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : noun.endsWith('y') ? '' : 's'}`
}
