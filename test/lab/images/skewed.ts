import { AMD64, ARM64 } from '../platforms.js'
import { writeTinyElf } from '../tiny-elf.js'
import { buildImage, type Recipe } from './recipe.js'

export const skewed: Recipe = {
  name: 'skewed',
  about: 'on linux/arm64 `/app` prints `release 1.9`, elsewhere `release 2.0`; the program is a binary',
  build: () =>
    buildImage({
      platforms: [AMD64, ARM64],
      app: platform =>
        writeTinyElf(platform.platform.architecture, {
          does: 'print',
          text: platform === ARM64 ? 'release 1.9\n' : 'release 2.0\n',
          exitCode: 0,
        }),
    }),
}
