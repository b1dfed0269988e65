/** Media types of an image index (image-spec) and of Docker's manifest list. */
export const INDEX_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
])

/** Media types of a manifest of one platform. */
export const MANIFEST_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
])

/** Docker's image manifests before 2016, which name no config. */
export const SCHEMA1_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
])

/** Media types of an image config; a manifest with another one holds something that is no image. */
export const CONFIG_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
])

/** The Accept header for manifests. */
export const ACCEPT_MANIFESTS = [...INDEX_TYPES, ...MANIFEST_TYPES, '*/*;q=0.1'].join(', ')

/** A media type without parameters, in lower case: `application/json; charset=utf-8` → `application/json`. */
export function readMediaType(header: string | string[] | undefined): string {
  return (typeof header === 'string' ? header : '').split(';')[0]?.trim().toLowerCase() ?? ''
}
