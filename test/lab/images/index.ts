export { buildLabImage, ensureImage } from '../ensure-image.js'
export { clockArchive } from './clock.js'
export { RECIPES } from './recipes.js'
