import { ARM64 } from '../platforms.js'
import { writeTinyElf } from '../tiny-elf.js'
import { buildImage, type Recipe } from './recipe.js'

export const crash: Recipe = {
  name: 'crash',
  about: 'on linux/arm64 `/usr/bin/app` dies of SIGILL; elsewhere it prints `ok`',
  build: () =>
    buildImage({
      app: platform =>
        writeTinyElf(
          platform.platform.architecture,
          platform === ARM64 ? { does: 'crash' } : { does: 'print', text: 'ok\n', exitCode: 0 },
        ),
    }),
}
