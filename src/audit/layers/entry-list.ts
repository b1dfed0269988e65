import type { FileContent, LayerEntry, LayerProblem } from '../inventory.js'
import { MAX_PATH_BYTES, normalizeEntryPath, normalizeLinkTarget } from './entry-path.js'
import type { LayerLimits } from './limits.js'
import type { TarEntry } from './tar-events.js'

/** Of a layer whose problems are too many only the first are kept. */
const MAX_PROBLEMS = 100

type Draft = { -readonly [Key in keyof LayerEntry]: LayerEntry[Key] }

/** The entries of a layer as they come, within their limits. */
export class EntryList {
  readonly entries: LayerEntry[] = []
  readonly problems: LayerProblem[] = []
  readonly #limits: LayerLimits
  /** Links lead to the same few places again and again. */
  readonly #links = new Map<string, string>()
  #nameBytes = 0
  #last: Draft | undefined
  /** Set where nothing more of the layer may be read. */
  full = false

  constructor(limits: LayerLimits) {
    this.#limits = limits
  }

  /** Adds an entry; gives its normalised path, or undefined where it is not one that a root can have. */
  add(entry: TarEntry): string | undefined {
    if (this.full) return undefined
    if (entry.name.length > MAX_PATH_BYTES || entry.link.length > MAX_PATH_BYTES) {
      this.report(
        'name-too-long',
        `has a name of more than ${MAX_PATH_BYTES} bytes`,
        false,
        entry.name.slice(0, 200),
      )
      return undefined
    }
    const path = normalizeEntryPath(entry.name)
    if (path === undefined) {
      this.report('escape', 'has an entry whose path holds ".."', false, entry.name)
      return undefined
    }
    if (this.entries.length >= this.#limits.entries || this.#nameBytes > this.#limits.nameBytes) {
      this.full = true
      const what =
        this.entries.length >= this.#limits.entries
          ? `more than ${this.#limits.entries} entries`
          : `names of more than ${this.#limits.nameBytes} bytes`
      this.report('too-many-entries', `has ${what}`, true, path)
      return undefined
    }
    const { type, mode, uid, gid, size, capability } = entry
    const draft: Draft = { path, type, mode, uid, gid, size }
    if (type === 'symlink') draft.link = this.#intern(entry.link)
    if (type === 'hardlink') draft.link = this.#intern(normalizeLinkTarget(entry.link))
    if (capability !== undefined) draft.capability = capability
    this.#nameBytes += path.length + entry.link.length
    this.entries.push(draft)
    this.#last = draft
    return path
  }

  /** Gives the last entry what was learned of its content. */
  complete(content: FileContent): void {
    if (this.#last !== undefined) this.#last.content = content
  }

  report(code: LayerProblem['code'], message: string, incomplete: boolean, path?: string): void {
    if (this.problems.length >= MAX_PROBLEMS && !incomplete) return
    this.problems.push({ code, ...(path === undefined ? {} : { path }), message, incomplete })
  }

  #intern(text: string): string {
    const known = this.#links.get(text)
    if (known !== undefined) return known
    this.#links.set(text, text)
    return text
  }
}
