import { type Content, writeIndex, writeJson, writeManifest } from '../image-writer.js'
import { AMD64, ARM64 } from '../platforms.js'
import { buildPlatform, type Recipe } from './recipe.js'

const PREDICATE = 'https://slsa.dev/provenance/v0.2'

export const attested: Recipe = {
  name: 'attested',
  about: 'amd64 and arm64, each with an attestation manifest (`unknown/unknown`) as BuildKit writes it',
  build: async () => {
    const platforms = [await buildPlatform(AMD64), await buildPlatform(ARM64)]
    return writeIndex([...platforms, ...platforms.map(attest)])
  },
}

/** BuildKit's attestation storage: an in-toto statement as the layer of a manifest that names its subject. */
export function attest({ descriptor }: Content): Content {
  const statement = writeJson('blob', 'application/vnd.in-toto+json', {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: PREDICATE,
    subject: [{ name: 'archparity-lab', digest: { sha256: descriptor.digest.split(':')[1] } }],
    predicate: { buildType: 'https://archparity.invalid/lab', builder: { id: '' } },
  })
  const unknown = { os: 'unknown', architecture: 'unknown' }
  const config = writeJson('blob', 'application/vnd.oci.image.config.v1+json', {
    ...unknown,
    config: {},
    rootfs: { type: 'layers', diff_ids: [statement.digest] },
  })
  const layer = { ...statement, annotations: { 'in-toto.io/predicate-type': PREDICATE } }
  const manifest = writeManifest('application/vnd.oci.image.manifest.v1+json', config, [layer], unknown)
  const annotations = {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': descriptor.digest,
  }
  return { ...manifest, descriptor: { ...manifest.descriptor, annotations } }
}
