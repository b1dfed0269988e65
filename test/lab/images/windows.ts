import { type Content, writeImage, writeIndex } from '../image-writer.js'
import { buildLayer } from '../layer.js'
import { LAB_PLATFORMS } from '../platforms.js'
import { buildPlatform, type Recipe } from './recipe.js'

/** A windows/amd64 entry with nothing but a text file in it. */
export async function buildWindows(): Promise<Content> {
  return writeImage({
    platform: { os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.6293' },
    layers: [
      await buildLayer([
        { path: 'Files', directory: true },
        { path: 'Files/lab.txt', content: '1.0\r\n' },
      ]),
    ],
    config: { Cmd: ['cmd', '/c', 'type', 'lab.txt'] },
  })
}

export const windows: Recipe = {
  name: 'windows',
  about: 'the six Linux platforms and windows/amd64 with an `os.version`',
  build: async () =>
    writeIndex([
      ...(await Promise.all(LAB_PLATFORMS.map(platform => buildPlatform(platform)))),
      await buildWindows(),
    ]),
}
