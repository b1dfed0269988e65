import { createHash } from 'node:crypto'
import type { LayerProblem } from '../../../src/audit/inventory.js'
import type { TarEntry } from '../../../src/audit/layers/tar-events.js'
import { TarReader } from '../../../src/audit/layers/tar-reader.js'

/** What a tar reader told of an archive; `sha256` is of the content with its holes. */
export interface TarRecord {
  readonly entries: readonly (TarEntry & { readonly sha256: string; readonly ended: boolean })[]
  readonly problems: readonly { code: LayerProblem['code']; incomplete: boolean; name: string | undefined }[]
}

/** Feeds an archive to a reader in these chunks; `pauses` stops it behind every entry. */
export function recordTar(chunks: Iterable<Buffer>, pauses = false): TarRecord {
  const entries: (TarEntry & { sha256: string; ended: boolean })[] = []
  const problems: { code: LayerProblem['code']; incomplete: boolean; name: string | undefined }[] = []
  let hash = createHash('sha256')
  let at = 0
  const fill = (to: number) => {
    // Beyond this a test would only wait.
    if (to - at <= 64 * 1024 * 1024) hash.update(Buffer.alloc(to - at))
    at = to
  }
  const reader = new TarReader({
    onEntry(entry) {
      hash = createHash('sha256')
      at = 0
      entries.push({ ...entry, sha256: '', ended: false })
      return true
    },
    onData(bytes, offset) {
      if (offset < at) throw new Error(`content goes back from ${at} to ${offset}`)
      fill(offset)
      hash.update(bytes)
      at += bytes.length
    },
    onEnd() {
      const last = entries.at(-1)
      if (last === undefined || last.ended) throw new Error('the end of no entry')
      fill(last.size)
      entries[entries.length - 1] = { ...last, sha256: hash.digest('hex'), ended: true }
      return pauses
    },
    onProblem: (code, _, incomplete, name) => problems.push({ code, incomplete, name }),
  })
  for (const chunk of chunks) {
    for (let done = 0; done < chunk.length; ) {
      const next = reader.feed(chunk, done)
      if (next <= done && !(pauses && next === done)) throw new Error('the reader stands still')
      done = next
    }
  }
  reader.finish()
  return { entries, problems }
}
