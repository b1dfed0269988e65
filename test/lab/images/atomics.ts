import { AMD64, ARM64 } from '../platforms.js'
import { writeTinyElf } from '../tiny-elf.js'
import { buildImage, type Recipe } from './recipe.js'

const OK = { text: 'counted\n', exitCode: 0 }

export const atomics: Recipe = {
  name: 'atomics',
  about:
    'on linux/arm64 `/app` needs ARMv8.1: it runs under QEMU, whose CPU has everything, and dies on a Cortex-A72',
  build: () =>
    buildImage({
      platforms: [AMD64, ARM64],
      app: platform =>
        platform === ARM64
          ? writeTinyElf('arm64', { does: 'add-atomically', ...OK })
          : writeTinyElf('amd64', { does: 'print', ...OK }),
    }),
}
