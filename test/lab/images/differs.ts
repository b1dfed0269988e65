import { S390X } from '../platforms.js'
import { buildImage, type Recipe } from './recipe.js'

export const differs: Recipe = {
  name: 'differs',
  about: 'on linux/s390x `/app` prints `archparity lab 0.9`; elsewhere `1.0`',
  build: () => buildImage({ app: platform => `echo "archparity lab ${platform === S390X ? '0.9' : '1.0'}"` }),
}
