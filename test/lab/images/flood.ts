import { AMD64, ARM64 } from '../platforms.js'
import { buildImage, type Recipe } from './recipe.js'

/** How much its `/app` writes to stdout. */
export const FLOOD_BYTES = 200_000_000

export const flood: Recipe = {
  name: 'flood',
  about: '`/app` writes 200,000,000 bytes to stdout and ends well (amd64, arm64)',
  build: () =>
    buildImage({
      platforms: [AMD64, ARM64],
      app: () => `yes "archparity lab flood" | head -c ${FLOOD_BYTES}`,
    }),
}
