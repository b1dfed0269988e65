import { writeIndex } from '../image-writer.js'
import { AMD64, ARM64 } from '../platforms.js'
import { buildPlatform, type Recipe } from './recipe.js'

export const mislabelled: Recipe = {
  name: 'mislabelled',
  about: 'the index says linux/arm64 and the content is arm64, but its config says linux/amd64',
  build: async () => writeIndex([await buildPlatform(AMD64), await buildPlatform(ARM64, { claims: AMD64 })]),
}
