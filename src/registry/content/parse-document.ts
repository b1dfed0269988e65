import type { z } from 'zod'
import { ArchparityError, type ErrorCode } from '../../errors.js'
import { sanitizeText } from '../http/sanitize.js'
import { INDEX, MANIFEST, type RawIndex, type RawManifestShape } from './manifest-schema.js'
import { INDEX_TYPES, MANIFEST_TYPES, SCHEMA1_TYPES } from './media-types.js'

export type Document =
  | { readonly kind: 'index'; readonly mediaType: string; readonly index: RawIndex }
  | { readonly kind: 'manifest'; readonly mediaType: string; readonly manifest: RawManifestShape }

/**
 * Reads an index or a manifest from verified bytes. Which of the two it is must be unmistakable: a document that could
 * be read as both is refused, and so is one whose own media type contradicts what it was served as (image-spec,
 * "Manifest Property Descriptions", `mediaType`).
 * @param served the media type of the HTTP answer or of the descriptor, empty where there is none
 * @param where names the document in messages: repository and digest
 */
export function parseDocument(bytes: Buffer, served: string, where: string): Document {
  const json = parseJson(bytes, where)
  const fields = json as Record<string, unknown>
  const own = typeof fields.mediaType === 'string' ? fields.mediaType.toLowerCase() : ''
  if (fields.schemaVersion === 1 || SCHEMA1_TYPES.has(own) || SCHEMA1_TYPES.has(served)) rejectSchema1(where)
  const hasIndex = Array.isArray(fields.manifests)
  const hasManifest =
    isObject(fields.config) || Array.isArray(fields.layers) || Array.isArray(fields.fsLayers)
  if (hasIndex && hasManifest) rejectDocument(where, 'it holds both "manifests" and "config" or "layers"')
  const kinds = new Set([kindOf(own), kindOf(served), hasIndex && 'index', hasManifest && 'manifest'])
  const claims = [...kinds].filter(kind => kind === 'index' || kind === 'manifest')
  if (claims.length > 1) {
    rejectDocument(where, `it is served as "${sanitizeText(served, 80)}", but its content says otherwise`)
  }
  if (claims.length === 0) {
    rejectDocument(
      where,
      'it is neither an image index nor a manifest: it has no "manifests" and no "config"',
    )
  }
  const mediaType = own || (kindOf(served) === undefined ? '' : served)
  return claims[0] === 'index'
    ? {
        kind: 'index',
        mediaType: mediaType || 'application/vnd.oci.image.index.v1+json',
        index: applySchema(INDEX, json, where),
      }
    : {
        kind: 'manifest',
        mediaType: mediaType || 'application/vnd.oci.image.manifest.v1+json',
        manifest: applySchema(MANIFEST, json, where),
      }
}

/** JSON of an object; throws `MANIFEST_INVALID`, or `code`, without showing what is in it. */
export function parseJson(bytes: Buffer, where: string, code: ErrorCode = 'MANIFEST_INVALID'): object {
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch {
    rejectDocument(where, 'it is not JSON', code)
  }
  if (!isObject(json)) rejectDocument(where, 'it is not a JSON object', code)
  return json
}

/** Holds JSON against a schema; throws `MANIFEST_INVALID`, or `code`, naming the first field that does not fit. */
export function applySchema<T extends z.ZodType>(
  schema: T,
  json: unknown,
  where: string,
  code: ErrorCode = 'MANIFEST_INVALID',
): z.output<T> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = sanitizeText(formatPath(issue?.path ?? []), 120)
  const problem = sanitizeText(issue?.message ?? 'it has a wrong shape', 160)
  rejectDocument(where, field === '' ? problem : `the field ${field}: ${problem}`, code, field)
}

/** Throws `MANIFEST_INVALID`, or `code`, for the document that `where` names. */
export function rejectDocument(
  where: string,
  problem: string,
  code: ErrorCode = 'MANIFEST_INVALID',
  field?: string,
): never {
  throw new ArchparityError(code, `${where} cannot be used: ${problem}`, {
    hint: 'Build or push the image again; if another tool wrote it, report this to its makers.',
    details: { where, ...(field ? { field } : {}) },
  })
}

function rejectSchema1(where: string): never {
  throw new ArchparityError(
    'MANIFEST_INVALID',
    `${where} is a Docker schema 1 manifest, a format withdrawn in 2016`,
    {
      hint: 'Pull it with an old Docker and push it again with a current one, or build it anew.',
      details: { where },
    },
  )
}

function kindOf(mediaType: string): 'index' | 'manifest' | undefined {
  if (INDEX_TYPES.has(mediaType)) return 'index'
  return MANIFEST_TYPES.has(mediaType) ? 'manifest' : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `manifests[2].platform.os`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')
}
