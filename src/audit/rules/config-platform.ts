import { formatPlatform } from '../../model/platform.js'
import { contradicts } from '../../registry/resolve/read-platform.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Configs that name another platform than the index does (image-spec, "image configuration"). */
export const configPlatform: AuditRule = {
  id: 'config-platform',
  scope: 'platform',
  severity: 'error',
  title: 'The image config names another platform than the index',
  why: 'Clients choose by the index and engines run by the config: one of the two is wrong, and so may be the content.',
  check: ({ views }) =>
    views.flatMap(({ label, inventory: { image } }): RuleHit[] => {
      const [named, claimed] = [formatPlatform(image.platform), formatPlatform(image.configPlatform)]
      if (!contradicts(image.platform, image.configPlatform)) return []
      const text = `the index says ${named}, the config ${image.config.digest} says ${claimed}`
      return [
        {
          platforms: [label],
          title: `the image config says ${claimed}, the index ${named}`,
          subject: 'config',
          evidence: [{ platform: label, text, data: { index: named, config: claimed } }],
          advice:
            'Build this platform again with the right `--platform`; a base image of another platform is the usual reason.',
        },
      ]
    }),
}
