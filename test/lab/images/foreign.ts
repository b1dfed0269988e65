import { AMD64, ARM64 } from '../platforms.js'
import { buildUserland } from '../userland.js'
import { buildImage, type Recipe } from './recipe.js'

export const foreign: Recipe = {
  name: 'foreign',
  about: 'the linux/arm64 entry holds a whole amd64 userland',
  build: () => buildImage({ userland: platform => buildUserland(platform === ARM64 ? AMD64 : platform) }),
}
