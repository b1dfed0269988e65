import type Docker from 'dockerode'
import type { PlatformImage } from '../model/image.js'

/** Whether the engine holds exactly the image that the index names, with the reasons. */
export type ImageProof =
  | { readonly proven: true; readonly imageId: string; readonly proof: readonly string[] }
  | { readonly proven: false; readonly problem: string }

/**
 * Compares what the engine holds under `name` with the verified manifest: the id must be the config's digest
 * (classic image store) or the manifest's (containerd image store), and the layers' own digests must be those
 * that the config lists.
 */
export async function proveImage(engine: Docker, name: string, image: PlatformImage): Promise<ImageProof> {
  const info = await engine
    .getImage(name)
    .inspect()
    .catch(error => {
      if ((error as { statusCode?: number }).statusCode === 404) return undefined
      throw error
    })
  if (info === undefined) return { proven: false, problem: 'the engine has no such image' }
  const { config, manifest, imageConfig } = image
  const proof: string[] = []
  if (info.Id === config.digest) proof.push('image id is the config digest')
  else if (info.Id === manifest.digest) proof.push('image id is the manifest digest')
  else
    return {
      proven: false,
      problem: `its id is ${info.Id}, but the config is ${config.digest} and the manifest ${manifest.digest}`,
    }
  const layers = info.RootFS?.Layers ?? []
  if (
    layers.length !== imageConfig.diffIds.length ||
    layers.some((layer, index) => layer !== imageConfig.diffIds[index])
  ) {
    return {
      proven: false,
      problem: `its layers are ${layers.join(', ')}, but the config lists ${imageConfig.diffIds.join(', ')}`,
    }
  }
  proof.push(`${layers.length} layer digest${layers.length === 1 ? '' : 's'} as in the config`)
  if ((info.RepoDigests ?? []).some(each => each.endsWith(`@${manifest.digest}`)))
    proof.push('repository digest is the manifest digest')
  return { proven: true, imageId: info.Id, proof }
}
