import type { Rule } from '../advice.js'

/** Programs that were built for pages of 4 KiB (jemalloc, libraries aligned to 4 KiB) end at once on larger ones. */
export const checkPageSize: Rule = ({ facts: { pageSize = 4096 } }) =>
  pageSize === 4096
    ? []
    : [
        {
          severity: 'note',
          title: `Its pages of memory have ${pageSize / 1024} KiB`,
          why: 'Programs that were built for pages of 4 KiB fail here, and nowhere else. That is the image’s fault if it promises to run on such machines.',
        },
      ]
