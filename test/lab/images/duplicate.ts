import { writeIndex } from '../image-writer.js'
import { AMD64, ARM64, S390X } from '../platforms.js'
import { buildPlatform, type Recipe } from './recipe.js'

export const duplicate: Recipe = {
  name: 'duplicate',
  about: 'the amd64 manifest is listed for linux/amd64 and again for linux/arm64; s390x is right',
  build: async () => {
    const amd64 = await buildPlatform(AMD64)
    const again = { ...amd64, descriptor: { ...amd64.descriptor, platform: ARM64.platform } }
    return writeIndex([amd64, again, await buildPlatform(S390X)])
  },
}
