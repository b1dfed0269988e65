import { findNativeMembers } from '../archives/native-members.js'
import { looksLikeZip } from '../archives/zip-directory.js'
import { describeTooLarge } from './limits.js'
import type { Probe } from './probe.js'
import { PROBE_BYTES } from './probe-bytes.js'

/** Native libraries inside Java archives, which Java programs unpack and load when they run. */
export const archive: Probe = {
  id: 'archive',
  maxBytes: PROBE_BYTES.archive,
  matches: path => /\.(?:jar|war|ear)$/i.test(path),
  read(source) {
    if (source.size > archive.maxBytes)
      return { kind: 'archive', members: [], problem: describeTooLarge(source.size, archive.maxBytes) }
    const found = findNativeMembers(source)
    const isArchive = found.members.length > 0 || looksLikeZip(source)
    // A file of that name that is no archive at all is nobody's fault; one without native code is of no interest.
    if (!isArchive || (found.members.length === 0 && found.problem === undefined)) return undefined
    return { kind: 'archive', ...found }
  },
}
