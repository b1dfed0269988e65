import { shortenDigest } from '../../model/digest.js'
import type { LayerProblem } from '../inventory.js'
import { showText } from './common/describe.js'
import type { AuditRule, RuleHit } from './rule.js'

/** Layers that are damaged, lie or lead out of the root. */
export const unreadableLayer: AuditRule = {
  id: 'unreadable-layer',
  scope: 'platform',
  severity: 'error',
  title: 'A layer cannot be read as it should be',
  why: 'Engines refuse such a layer or unpack something else than its maker meant, and what it holds cannot be judged.',
  check: ({ views }) =>
    views.flatMap(({ label, inventory }) =>
      inventory.layers.flatMap((layer, index) =>
        layer.problems.map((problem): RuleHit => {
          const path = problem.path === undefined ? undefined : `/${problem.path.replace(/^\/+/, '')}`
          const where = `layer ${index + 1} (${layer.digest})`
          const said = showText(problem.message)
          return {
            platforms: [label],
            title: `layer ${shortenDigest(layer.digest)} cannot be read as it should be: ${said}`,
            subject: `${layer.digest} ${problem.code} ${problem.path ?? ''}`,
            ...(path === undefined ? {} : { paths: [path] }),
            evidence: [
              {
                platform: label,
                layer: layer.digest,
                ...(path === undefined ? {} : { path }),
                text: `${where}${path === undefined ? '' : `, ${showText(path)}`}: ${said}`,
                data: { code: problem.code, incomplete: problem.incomplete },
              },
            ],
            advice: adviseOn(problem),
          }
        }),
      ),
    ),
}

function adviseOn({ code, incomplete }: LayerProblem): string {
  const rest = incomplete ? ' The rest of the layer was not judged.' : ''
  switch (code) {
    case 'escape':
      return `Find out what wrote this path: it leads out of the image's root and was left out.${rest}`
    case 'explodes':
    case 'too-large':
    case 'too-many-entries':
      return `Look at what this layer's build step leaves behind; so much of it was not read on purpose.${rest}`
    case 'unsupported':
      return `Build the layer with gzip or zstd compression, or none.${rest}`
    default:
      return `Build and push the image again, and compare the layer with what the builder wrote.${rest}`
  }
}
