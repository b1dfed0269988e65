import type { ImageConfig } from '../../model/image.js'
import type { Platform } from '../../model/platform.js'
import { isPlatformVariable } from './config-values.js'
import { neutralizeWords } from './neutral-words.js'
import type { SplitValue } from './split.js'

/** The commands of a build as they are compared; undefined where the config tells none. */
export function listCommands(config: ImageConfig, platform: Platform): readonly SplitValue[] | undefined {
  const steps = (config.history ?? []).filter(step => step.createdBy.trim() !== '')
  if (steps.length === 0) return undefined
  return steps.map(({ createdBy }) => {
    const raw = createdBy.replace(/\s+/g, ' ').trim()
    return { raw, neutral: neutralizeCommand(raw, platform) }
  })
}

/**
 * What builders write into a step beside the command: digests of copied files (`ADD file:3b…`), BuildKit's mark, the
 * build arguments' values (`|2 TARGETARCH=arm64 …`), moments of debuerreotype (`'@1712534400'`), checksums.
 */
function neutralizeCommand(command: string, platform: Platform): string {
  const named = neutralizeWords(command, platform)
  return named
    .replace(/ # buildkit$/, '')
    .replace(/\b[0-9a-f]{32,128}\b/gi, '‹digest›')
    .replace(/'@\d{6,12}'/g, "'@‹time›'")
    .replace(/(?<![A-Za-z0-9_])([A-Za-z_]\w{0,63})=("[^"]*"|'[^']*'|\S*)/g, (all, name: string) =>
      isPlatformVariable(name) ? `${name}=‹platform›` : all,
    )
    .replace(/\/lib64(?![A-Za-z0-9_.-])/g, '/lib')
}
