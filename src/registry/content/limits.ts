/** Bytes of a manifest, index or config at most: what registries must accept by the distribution specification. */
export const MAX_DOCUMENT = 4 * 1024 * 1024
