import { FOREIGN_PLATFORMS } from '../platforms.js'
import { buildImage, type Recipe } from './recipe.js'

export const emulated: Recipe = {
  name: 'emulated',
  about: 'like `healthy`, with linux/mips64le in the place of linux/386: five of six are emulated on amd64',
  build: () => buildImage({ platforms: FOREIGN_PLATFORMS }),
}
