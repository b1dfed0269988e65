import { ARM_V7, LAB_PLATFORMS } from '../platforms.js'
import { buildImage, type Recipe } from './recipe.js'

export const missing: Recipe = {
  name: 'missing',
  about: 'linux/arm/v7 is not in the index',
  build: () => buildImage({ platforms: LAB_PLATFORMS.filter(platform => platform !== ARM_V7) }),
}
