import { loadConfig, mergeSettings, resolveKeyFolders } from '../config/load.js'
import type { Settings } from '../config/schema.js'
import { validateConfig } from '../config/validate.js'
import { ArchparityError } from '../errors.js'
import { readSettings, type SettingFlags } from './options.js'

/** The settings of a command: the file's under the flags', with the image that either names. */
export async function gatherSettings(
  image: string | undefined,
  flags: SettingFlags & { config?: string },
): Promise<{ image: string; settings: Settings; root: string }> {
  const { settings, root } = await gatherOwnSettings(flags)
  const named = image ?? (process.env.IMAGE || settings.image)
  if (named === undefined || named === '') {
    throw new ArchparityError('USAGE', 'No image was named', {
      hint: 'Give one as an argument (archparity run docker.io/library/alpine:3.20), as IMAGE, or as `image` in archparity.config.ts.',
    })
  }
  return { image: named, settings, root }
}

/** The settings of a command that is about no image. */
export async function gatherOwnSettings(
  flags: SettingFlags & { config?: string },
): Promise<{ settings: Settings; root: string }> {
  const loaded = await loadConfig(process.cwd(), flags.config)
  const flagged = resolveKeyFolders(validateConfig(readSettings(flags), 'command line'), process.cwd())
  const settings = mergeSettings(loaded.config, flagged)
  return { settings, root: loaded.root }
}
