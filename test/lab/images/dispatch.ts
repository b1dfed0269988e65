import { AMD64, ARM64 } from '../platforms.js'
import { writeTinyElf } from '../tiny-elf.js'
import { buildImage, type Recipe } from './recipe.js'

const PLAIN = { text: 'engine: portable\n', exitCode: 0 }
const FAST = { text: 'engine: atomics\n', exitCode: 0 }

export const dispatch: Recipe = {
  name: 'dispatch',
  about:
    'on linux/arm64 `/app` prints another line where the CPU has ARMv8.1: under QEMU, not on a Cortex-A72',
  build: () =>
    buildImage({
      platforms: [AMD64, ARM64],
      app: platform =>
        platform === ARM64
          ? writeTinyElf('arm64', { does: 'ask', whether: 'has-atomics', yes: FAST, no: PLAIN })
          : writeTinyElf('amd64', { does: 'print', ...PLAIN }),
    }),
}
