import { buildImage, type Recipe } from './recipe.js'

export const healthy: Recipe = {
  name: 'healthy',
  about: 'the same on all six platforms; `/app` prints `archparity lab 1.0`',
  build: () => buildImage(),
}
