/**
 * The header blobs of an rpm database, one a package; what the database lies about ends them, and is returned as one
 * sentence. A blob is only valid until the next is asked for.
 */
export type Blobs = Generator<Buffer, string | undefined, undefined>

/** What is left to read of a database's blobs. */
export interface BlobBudget {
  /** False where a blob of that many bytes is more than the database can hold. */
  take(bytes: number): boolean
}

/** Weight of a blob beside its bytes, so that millions of empty ones end too. */
const BLOB_COST = 64

/** Only a database that lies names the same bytes again and again: its blobs have at most twice its size together. */
export function createBlobBudget(size: number): BlobBudget {
  let left = size * 2
  return {
    take(bytes) {
      left -= bytes + BLOB_COST
      return left >= 0 && bytes <= size
    },
  }
}
