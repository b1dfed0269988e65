import { z } from 'zod'
import { isDigest } from '../../model/digest.js'

/**
 * The shapes of the image-spec, as tolerant as what is found in registries: unknown fields pass, `null` is the same as
 * absent (Go writes empty lists so), optional fields may be missing.
 */
const digest = z.string().refine(isDigest, 'must be sha256: or sha512: with hex digits')
const text = z.string().max(4096)
const word = z.string().regex(/^[A-Za-z0-9_.+-]{0,64}$/, 'may hold letters, digits, "_", ".", "+" and "-"')

/** `null` and absent become undefined. */
function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform(value => value ?? undefined)
}

/** `null` and absent become an empty list. */
function list<T extends z.ZodType>(schema: T) {
  return z
    .array(schema)
    .nullish()
    .transform(value => value ?? [])
}

/** Docker accepts one string where a list of arguments is meant. */
const words = optional(z.union([z.array(z.string()), z.string().transform(value => [value])]))
const labels = optional(z.record(z.string(), z.string().nullable()))
const keys = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform(value => Object.keys(value ?? {}))

const platform = z.looseObject({
  os: optional(word),
  architecture: optional(word),
  variant: optional(word),
  'os.version': optional(z.string().regex(/^[\x20-\x7e]{0,128}$/, 'must be one line of ASCII')),
  'os.features': list(text),
})

const descriptor = z.looseObject({
  mediaType: optional(text),
  digest,
  size: z.number().int().nonnegative(),
  platform: optional(platform),
  annotations: optional(z.record(z.string(), z.string())),
  artifactType: optional(text),
})

export const INDEX = z.looseObject({
  mediaType: optional(text),
  artifactType: optional(text),
  manifests: list(descriptor),
  annotations: optional(z.record(z.string(), z.string())),
})

export const MANIFEST = z.looseObject({
  mediaType: optional(text),
  artifactType: optional(text),
  config: descriptor,
  layers: list(descriptor),
})

export const CONFIG = z.looseObject({
  os: optional(word),
  architecture: optional(word),
  variant: optional(word),
  'os.version': optional(z.string().regex(/^[\x20-\x7e]{0,128}$/, 'must be one line of ASCII')),
  config: optional(
    z.looseObject({
      Env: list(z.string()),
      Entrypoint: words,
      Cmd: words,
      User: optional(z.string()),
      WorkingDir: optional(z.string()),
      ExposedPorts: keys,
      Volumes: keys,
      Labels: labels,
      Healthcheck: optional(z.looseObject({ Test: words })),
      StopSignal: optional(z.string()),
    }),
  ),
  rootfs: optional(z.looseObject({ diff_ids: list(z.string()) })),
  // Only told to people: a malformed one must not make the platform unreadable.
  history: list(
    z.looseObject({ created_by: optional(z.string()), empty_layer: optional(z.boolean()) }),
  ).catch([]),
})

export const LAYOUT = z.looseObject({ imageLayoutVersion: z.string() })

export type RawDescriptor = z.output<typeof descriptor>
export type RawPlatform = z.output<typeof platform>
export type RawIndex = z.output<typeof INDEX>
export type RawManifestShape = z.output<typeof MANIFEST>
export type RawConfig = z.output<typeof CONFIG>
