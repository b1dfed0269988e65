import { AMD64 } from '../platforms.js'
import { buildPlatform, type Recipe } from './recipe.js'

export const legacy: Recipe = {
  name: 'legacy',
  about: 'one linux/amd64 manifest and no index',
  build: () => buildPlatform(AMD64),
}
