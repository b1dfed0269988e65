import { AMD64, ARM64 } from '../platforms.js'
import { writeTinyElf } from '../tiny-elf.js'
import { buildImage, type Recipe, VERSION_LINE } from './recipe.js'

export const foreignApp: Recipe = {
  name: 'foreign-app',
  about: 'on linux/arm64 the userland is right and `/usr/bin/app` is a static amd64 program',
  build: () =>
    buildImage({
      app: platform =>
        writeTinyElf((platform === ARM64 ? AMD64 : platform).platform.architecture, {
          does: 'print',
          text: `${VERSION_LINE}\n`,
          exitCode: 0,
        }),
    }),
}
