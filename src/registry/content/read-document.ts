import type { Readable } from 'node:stream'
import type { Descriptor } from '../../model/image.js'
import type { ContentReader } from '../image-source.js'
import { MAX_DOCUMENT } from './limits.js'
import { rejectDocument } from './parse-document.js'

/** Reads a small blob, such as an image config, into memory; throws `MANIFEST_INVALID` where it is too large. */
export async function readDocumentBlob(
  descriptor: Descriptor,
  reader: ContentReader,
  where: string,
): Promise<Buffer> {
  if (descriptor.size > MAX_DOCUMENT) {
    rejectDocument(where, `it claims ${descriptor.size} bytes; ${MAX_DOCUMENT} are allowed`)
  }
  const chunks: Buffer[] = []
  // `readBlob` ends the stream as soon as there is more than the descriptor's size.
  const stream: Readable = await reader.readBlob(descriptor)
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
