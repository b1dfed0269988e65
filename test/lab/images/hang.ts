import { ARM_V7 } from '../platforms.js'
import { buildImage, type Recipe, VERSION_LINE } from './recipe.js'

export const hang: Recipe = {
  name: 'hang',
  about: 'on linux/arm/v7 `/app` never ends',
  build: () =>
    buildImage({
      app: platform => (platform === ARM_V7 ? 'while :; do sleep 1; done' : `echo "${VERSION_LINE}"`),
    }),
}
