import { AMD64, ARM64 } from '../platforms.js'
import { writeTinyElf } from '../tiny-elf.js'
import { buildImage, type Recipe } from './recipe.js'

export const tracer: Recipe = {
  name: 'tracer',
  about:
    '`/app` lets itself be traced (ptrace), as debuggers want: right on every machine, impossible under QEMU',
  build: () =>
    buildImage({
      platforms: [AMD64, ARM64],
      app: ({ platform }) =>
        writeTinyElf(platform.architecture, {
          does: 'ask',
          whether: 'may-trace',
          yes: { text: 'traced\n', exitCode: 0 },
          no: { text: 'ptrace: Function not implemented\n', exitCode: 1 },
        }),
    }),
}
