import { AMD64, ARM64 } from '../platforms.js'
import { writeTinyElf } from '../tiny-elf.js'
import { buildImage, type Recipe } from './recipe.js'

const RIGHT = { text: 'checksum: 5f31\n', exitCode: 0 }
const WRONG = { text: 'checksum: 0000\n', exitCode: 0 }

export const fallback: Recipe = {
  name: 'fallback',
  about:
    'on linux/arm64 `/app` prints something wrong where the CPU lacks ARMv8.1: on a Cortex-A72, not under QEMU',
  build: () =>
    buildImage({
      platforms: [AMD64, ARM64],
      app: platform =>
        platform === ARM64
          ? writeTinyElf('arm64', { does: 'ask', whether: 'has-atomics', yes: RIGHT, no: WRONG })
          : writeTinyElf('amd64', { does: 'print', ...RIGHT }),
    }),
}
