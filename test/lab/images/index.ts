export { ensureImage } from '../ensure-image.js'
export { buildLabImage } from '../push-image.js'
export { clockArchive } from './clock.js'
export { RECIPES } from './recipes.js'
