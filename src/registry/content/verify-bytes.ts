import { createHash, type Hash } from 'node:crypto'
import { ArchparityError } from '../../errors.js'
import { type Digest, isDigest, shortenDigest } from '../../model/digest.js'

/** What a descriptor promises of some bytes. */
export interface Promised {
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
}

/** Starts the hash that a digest names; only algorithms that `isDigest` accepts come here. */
function startHash(digest: Digest): Hash {
  return createHash(digest.slice(0, digest.indexOf(':')))
}

/** The sha256 digest of some bytes. */
export function computeDigest(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Whether bytes have the digest; false for what is no digest. */
export function hasDigest(bytes: Uint8Array, digest: Digest): boolean {
  return (
    isDigest(digest) && `${digest.split(':')[0]}:${startHash(digest).update(bytes).digest('hex')}` === digest
  )
}

/**
 * Passes bytes on while checking them. Throws `DIGEST_MISMATCH` as soon as there are more than promised (before the
 * surplus is passed on), and at the end where there are fewer or the digest differs. `where` names their origin.
 */
export async function* verifyBytes(
  promised: Promised,
  source: AsyncIterable<Uint8Array>,
  where: string,
): AsyncGenerator<Uint8Array> {
  const hash = startHash(promised.digest)
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > promised.size)
      throw describeMismatch(promised, `it is longer than ${promised.size} bytes`, where)
    hash.update(chunk)
    // An empty chunk would look like the end to a byte stream.
    if (chunk.length > 0) yield chunk
  }
  if (size < promised.size) {
    throw describeMismatch(promised, `it ends after ${size} of ${promised.size} bytes`, where)
  }
  const actual = `${promised.digest.split(':')[0]}:${hash.digest('hex')}`
  if (actual !== promised.digest)
    throw describeMismatch(promised, `its bytes have ${shortenDigest(actual)}`, where)
}

/** Checks bytes that are in memory; throws `DIGEST_MISMATCH`. Without a size, the digest alone decides. */
export function checkBytes(
  promised: { readonly digest: Digest; readonly size?: number },
  bytes: Buffer,
  where: string,
): void {
  if (promised.size !== undefined && bytes.length !== promised.size) {
    throw describeMismatch(promised, `it has ${bytes.length} bytes instead of ${promised.size}`, where)
  }
  if (!hasDigest(bytes, promised.digest)) {
    throw describeMismatch(promised, `its bytes have ${shortenDigest(computeDigest(bytes))}`, where)
  }
}

/** The error for bytes that are not what was promised. */
export function describeMismatch(
  promised: { readonly digest: Digest },
  problem: string,
  where: string,
): ArchparityError {
  return new ArchparityError(
    'DIGEST_MISMATCH',
    `${promised.digest} in ${where} is not what it should be: ${problem}`,
    {
      hint: 'Nothing of it was used. Try again; if it stays so, what stores or relays the image has damaged or altered it.',
      details: { digest: promised.digest, where },
    },
  )
}
