import { readTarNumber } from '../../tar/tar-header.js'

/** Where a sparse file has content: offset and length of each extent, in turns. */
export type SparseMap = readonly number[]

/** Bytes of a map, in whatever format. */
export const MAX_MAP = 1024 * 1024

/** Text of GNU's format 0.1: `offset,length,offset,length`. Undefined where it is malformed. */
export function parseSparseList(text: string): number[] | undefined {
  if (text === '') return []
  const map: number[] = []
  for (const part of text.split(',')) {
    if (!/^\d{1,16}$/.test(part)) return undefined
    map.push(Number(part))
  }
  return map.length % 2 === 0 ? map : undefined
}

/** Adds the extents that a header or a continuation block of old GNU tar holds; false where one is no number. */
export function addSparseFields(map: number[], block: Buffer, start: number, count: number): boolean {
  for (let at = start; at < start + count * 24; at += 24) {
    // The first empty field ends the list.
    if (block[at] === 0) return true
    const offset = readTarNumber(block, at, 12)
    const length = readTarNumber(block, at + 12, 12)
    if (offset === undefined || length === undefined) return false
    map.push(offset, length)
  }
  return true
}

/** The map that stands before the content in GNU's format 1.0: a count and pairs of numbers, each on a line. */
export interface SparsePrefix {
  /** Takes the next block; undefined where more of them are needed, `malformed` where they make no sense. */
  add(block: Buffer): number[] | 'malformed' | undefined
}

/** Starts reading such a map; its text is parsed once, when all of it is there. */
export function createSparsePrefix(): SparsePrefix {
  const blocks: Buffer[] = []
  let lines = 0
  let wanted = Number.POSITIVE_INFINITY
  return {
    add(block) {
      if (blocks.length === 0) {
        const count = readLine(block, 0)
        if (count === undefined) return 'malformed'
        wanted = 1 + count.value * 2
      }
      blocks.push(Buffer.from(block))
      for (const byte of block) if (byte === 0x0a) lines += 1
      if (lines >= wanted) return parseLines(Buffer.concat(blocks), wanted)
      return blocks.length * block.length >= MAX_MAP ? 'malformed' : undefined
    },
  }
}

function parseLines(bytes: Buffer, lines: number): number[] | 'malformed' {
  const map: number[] = []
  let at = 0
  for (let line = 0; line < lines; line += 1) {
    const read = readLine(bytes, at)
    if (read === undefined) return 'malformed'
    if (line > 0) map.push(read.value)
    at = read.next
  }
  return map
}

function readLine(bytes: Buffer, at: number): { value: number; next: number } | undefined {
  const end = bytes.subarray(at, at + 20).indexOf(0x0a)
  const text = end < 0 ? '' : bytes.toString('latin1', at, at + end)
  return /^\d{1,16}$/.test(text) ? { value: Number(text), next: at + end + 1 } : undefined
}

/** Whether extents are in order, inside the file, and as long together as what the archive stores. */
export function isSparseMap(map: SparseMap, size: number, stored: number): boolean {
  let last = 0
  let total = 0
  for (let at = 0; at < map.length; at += 2) {
    const offset = map[at] ?? 0
    const length = map[at + 1] ?? 0
    if (offset < last || !Number.isSafeInteger(offset + length)) return false
    last = offset + length
    total += length
  }
  return last <= size && total === stored
}
