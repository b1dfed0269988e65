import type { PlatformImage } from '../model/image.js'
import { matchesPlatform, parsePlatform } from '../model/platform.js'

/** Makes the choice of `--platform`: those that are named, or all but those that are left out. */
export function selectPlatforms(choice: {
  readonly platforms?: readonly string[] | undefined
  readonly excludePlatforms: readonly string[]
}): (image: PlatformImage) => boolean {
  const read = (names: readonly string[]) => names.flatMap(name => parsePlatform(name) ?? [])
  const include = choice.platforms === undefined ? undefined : read(choice.platforms)
  const exclude = read(choice.excludePlatforms)
  return ({ platform }) =>
    (include === undefined || include.some(wanted => matchesPlatform(wanted, platform))) &&
    !exclude.some(wanted => matchesPlatform(wanted, platform))
}
