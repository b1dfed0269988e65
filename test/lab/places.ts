import path from 'node:path'
import { findCacheFolder } from '../../scripts/setup/places.mjs'

/** The folder below the lab's cache in which that theme is kept between runs. */
export function findLabFolder(theme: string): string {
  return path.join(findCacheFolder(), theme)
}
