import type { Digest } from '../../model/digest.js'
import type { PlatformImage, ResolveNote } from '../../model/image.js'
import { formatPlatform } from '../../model/platform.js'
import { CONFIG, type RawDescriptor, type RawManifestShape } from '../content/manifest-schema.js'
import { CONFIG_TYPES, MANIFEST_TYPES } from '../content/media-types.js'
import { applySchema, parseDocument, parseJson, rejectDocument } from '../content/parse-document.js'
import { readDocumentBlob } from '../content/read-document.js'
import { checkBytes } from '../content/verify-bytes.js'
import { sanitizeText } from '../http/sanitize.js'
import type { ContentReader } from '../image-source.js'
import { convertConfig, convertDescriptor } from './convert.js'
import { contradicts, readConfigPlatform } from './read-platform.js'

/** What an entry turned out to be: a platform's image, or something that is no image. */
export type EntryResult = { readonly image?: PlatformImage; readonly notes: readonly ResolveNote[] }

/**
 * Reads the manifest and the config that an entry of an index names. Something that is no image comes back as the
 * note `foreign-entry`. Throws what the reader throws, and `MANIFEST_INVALID`.
 */
export async function readEntry(
  entry: RawDescriptor,
  reader: ContentReader,
  repository: string,
): Promise<EntryResult> {
  const digest = entry.digest as Digest
  const mediaType = entry.mediaType?.toLowerCase() ?? ''
  const where = `${repository}@${digest}`
  if (mediaType !== '' && !MANIFEST_TYPES.has(mediaType)) {
    return noteForeign(digest, `its media type is "${sanitizeText(mediaType, 100)}"`)
  }
  const { bytes } = await reader.readManifest(digest)
  checkBytes({ digest, size: entry.size }, bytes, repository)
  const document = parseDocument(bytes, mediaType, where)
  if (document.kind === 'index') rejectDocument(where, 'it is an index, where a manifest was announced')
  const known = { ...entry, mediaType: entry.mediaType || document.mediaType }
  return await readManifestImage(known, document.manifest, reader, repository)
}

/** Reads the config of a verified manifest; `entry` is the descriptor that led to it. */
export async function readManifestImage(
  entry: RawDescriptor,
  manifest: RawManifestShape,
  reader: ContentReader,
  repository: string,
): Promise<EntryResult> {
  const described = convertDescriptor(entry)
  const configType = manifest.config.mediaType?.toLowerCase() ?? ''
  if (!CONFIG_TYPES.has(configType)) {
    const type = manifest.artifactType ?? entry.artifactType ?? configType
    return noteForeign(described.digest, `it holds "${sanitizeText(type, 100)}", which is no container image`)
  }
  const config = convertDescriptor(manifest.config)
  const where = `the config ${config.digest} of ${repository}@${described.digest}`
  const json = parseJson(await readDocumentBlob(config, reader, where), where)
  const raw = applySchema(CONFIG, json, where)
  const configPlatform = readConfigPlatform(raw, described.platform)
  if (configPlatform === undefined)
    rejectDocument(where, 'it names no "os" and "architecture", nor does the index')
  const platform = described.platform ?? configPlatform
  return {
    image: {
      platform,
      platformFrom: described.platform === undefined ? 'config' : 'descriptor',
      manifest: described,
      config,
      layers: manifest.layers.map(convertDescriptor),
      imageConfig: convertConfig(raw),
      configPlatform,
      attestations: [],
    },
    notes: contradicts(platform, configPlatform)
      ? [
          {
            code: 'config-platform-mismatch',
            message: `the index says ${formatPlatform(platform)}, the image config says ${formatPlatform(configPlatform)}`,
            platform: formatPlatform(platform),
            digest: described.digest,
          },
        ]
      : [],
  }
}

function noteForeign(digest: Digest, reason: string): EntryResult {
  return {
    notes: [{ code: 'foreign-entry', message: `${digest} is not run: ${reason}`, digest }],
  }
}
