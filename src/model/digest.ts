/** A content digest, `algorithm:hex` (image-spec, "descriptor", section "Digests"). */
export type Digest = `${string}:${string}`

const DIGEST = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/** Whether the text is a digest of an algorithm that archparity can verify. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && DIGEST.test(text)
}

/** `sha256:0123456789ab`: enough to recognise a digest in a table, never enough to pull by. */
export function shortenDigest(digest: string): string {
  const [algorithm, hex] = digest.split(':')
  return hex === undefined ? digest : `${algorithm}:${hex.slice(0, 12)}`
}
