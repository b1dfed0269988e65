import { writeImage, writeIndex } from '../image-writer.js'
import { buildLayer } from '../layer.js'
import type { Recipe } from './recipe.js'
import { buildWindows } from './windows.js'

export const unrunnable: Recipe = {
  name: 'unrunnable',
  about: 'only windows/amd64 and linux/mips-made-up',
  build: async () =>
    writeIndex([
      await buildWindows(),
      writeImage({
        platform: { os: 'linux', architecture: 'mips-made-up' },
        layers: [await buildLayer([{ path: 'lab.txt', content: '1.0\n' }])],
      }),
    ]),
}
