import { writeImage, writeIndex } from '../image-writer.js'
import { LAB_PLATFORMS } from '../platforms.js'
import { buildUserland } from '../userland.js'
import type { Recipe } from './recipe.js'

export const base: Recipe = {
  name: 'base',
  about: 'busybox and nothing else: what a Dockerfile may begin with',
  build: async () =>
    writeIndex(
      await Promise.all(
        LAB_PLATFORMS.map(async platform =>
          writeImage({
            platform: platform.platform,
            layers: [await buildUserland(platform)],
            config: { Cmd: ['/bin/sh'], Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'] },
          }),
        ),
      ),
    ),
}
