import type { Rule } from '../advice.js'
import { findPageSize } from '../find-page-size.js'

/** Programs that were built for pages of 4 KiB (jemalloc, libraries aligned to 4 KiB) end at once on larger ones. */
export const checkPageSize: Rule = host => {
  const pageSize = findPageSize(host) ?? 4096
  if (pageSize === 4096) return []
  return [
    {
      severity: 'note',
      title: `Its pages of memory have ${pageSize / 1024} KiB`,
      why: 'Programs that were built for pages of 4 KiB fail here, and not elsewhere: the image’s own fault, if it promises to run on such machines.',
    },
  ]
}
