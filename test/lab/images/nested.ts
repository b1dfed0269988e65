import { writeIndex } from '../image-writer.js'
import { AMD64, ARM_V7, ARM64, S390X } from '../platforms.js'
import { buildImage, buildPlatform, type Recipe } from './recipe.js'

export const nested: Recipe = {
  name: 'nested',
  about: 'an index of two indexes (amd64 with arm64, arm/v7) and one manifest (s390x)',
  build: async () =>
    writeIndex([
      await buildImage({ platforms: [AMD64, ARM64] }),
      await buildImage({ platforms: [ARM_V7] }),
      await buildPlatform(S390X),
    ]),
}
