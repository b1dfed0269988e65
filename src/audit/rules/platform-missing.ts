import { formatPlatform, matchesPlatform, parsePlatform } from '../../model/platform.js'
import { joinLabels } from '../compare/wording.js'
import type { AuditRule, RuleHit, RuleInput } from './rule.js'

/** Platforms that the settings ask for and the index lacks. */
export const platformMissing: AuditRule = {
  id: 'platform-missing',
  scope: 'image',
  severity: 'error',
  title: 'A platform is missing',
  why: 'Who pulls the tag on that platform gets "no matching manifest", or another platform under emulation.',
  check: findMissing,
}

function findMissing({ views, image, requiredPlatforms = [] }: RuleInput): RuleHit[] {
  const platforms = image?.platforms.map(one => one.platform) ?? views.map(view => view.platform)
  // An entry that could not be read is there, and another message says what is wrong with it.
  const unreadable = image?.notes.flatMap(note =>
    note.code === 'unreadable-platform' ? (note.platform ?? []) : [],
  )
  const missing = new Map<string, string>()
  for (const text of requiredPlatforms) {
    const wanted = parsePlatform(text)
    if (wanted === undefined) continue
    const name = formatPlatform(wanted)
    if (platforms.some(platform => matchesPlatform(wanted, platform)) || unreadable?.includes(name)) continue
    missing.set(name, text)
  }
  const present = platforms.map(formatPlatform)
  return [...missing].map(([name, text]) => ({
    platforms: [name],
    title: `The image has no ${name}`,
    subject: name,
    evidence: [
      {
        platform: name,
        text: `${text} is required, the image has ${present.length === 0 ? 'no platform' : joinLabels(present)}`,
        data: { required: text, present },
      },
    ],
    advice: `Build and push ${name} too, or no longer require it.`,
  }))
}
