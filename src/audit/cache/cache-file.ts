import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzipSync, type ZlibOptions } from 'node:zlib'
import type { LayerInventory } from '../inventory.js'
import { decodeInventory, encodeInventory } from './encode-inventory.js'

/** On a thread of its own, so that one file is unpacked while another is decoded. */
const unpack = promisify<Buffer, ZlibOptions, Buffer>(gunzip)

/** Larger than any header line. */
const MAX_HEADER = 256

/** Writes an inventory as a file: a line with checksum and length, the columns (gzip), the hashes. */
export function writeCacheFile(inventory: LayerInventory): Buffer {
  const { json, hashes } = encodeInventory(inventory)
  const columns = gzipSync(json, { level: 1 })
  const body = Buffer.concat([columns, hashes])
  return Buffer.concat([
    Buffer.from(`archparity layer inventory ${checksum(body)} ${columns.length}\n`),
    body,
  ])
}

/** Reads such a file; undefined where it is damaged, foreign, or of another layer. Never rejects. */
export async function readCacheFile(bytes: Buffer, digest: string): Promise<LayerInventory | undefined> {
  const end = bytes.subarray(0, MAX_HEADER).indexOf(0x0a)
  const header = bytes.toString('latin1', 0, Math.max(end, 0))
  const [, sum, length] = /^archparity layer inventory ([0-9a-f]{64}) (\d{1,12})$/.exec(header) ?? []
  const body = bytes.subarray(end + 1)
  if (sum === undefined || sum !== checksum(body)) return undefined
  try {
    const columns = await unpack(body.subarray(0, Number(length)), { chunkSize: 1024 * 1024 })
    const inventory = decodeInventory({ json: columns.toString(), hashes: body.subarray(Number(length)) })
    return inventory.digest === digest ? inventory : undefined
  } catch {
    return undefined
  }
}

function checksum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
