import { createHash, type Hash, hash } from 'node:crypto'
import type { LayerLimits } from './limits.js'

const ZEROS = Buffer.alloc(64 * 1024)
const EMPTY_SHA256 = hash('sha256', '', 'hex')

/** Zeros that may still be hashed for holes in this layer. */
export interface HoleBudget {
  left: number
}

/**
 * Hashes one file after another. A sparse file is hashed with the zeros of its holes where they are few enough, and
 * otherwise as the places and bytes of its extents: `extents` then says that the hash compares only with its like.
 */
export class FileHash {
  readonly #limits: LayerLimits
  readonly #budget: HoleBudget
  #hash: Hash | undefined
  #size = 0
  #at = 0
  extents = false

  constructor(limits: LayerLimits, budget: HoleBudget = { left: limits.holeBytes }) {
    this.#limits = limits
    this.#budget = budget
  }

  /** @param size bytes of the file. @param stored those of them that are no holes. */
  start(size: number, stored: number): void {
    const holes = size - stored
    this.#hash = undefined
    this.#size = size
    this.#at = 0
    this.extents = holes > Math.min(this.#limits.fileHoleBytes, this.#budget.left)
    if (holes > 0 && !this.extents) this.#budget.left -= holes
    if (this.extents) this.#hash = createHash('sha256').update(`extents of ${size}\n`)
  }

  add(bytes: Buffer, at: number): void {
    this.#hash ??= createHash('sha256')
    if (at > this.#at) this.#fill(at)
    this.#hash.update(bytes)
    this.#at = at + bytes.length
  }

  /** The file's hash in hexadecimal. */
  end(): string {
    if (this.#size === 0) return EMPTY_SHA256
    this.#hash ??= createHash('sha256')
    if (this.#at < this.#size) this.#fill(this.#size)
    return this.#hash.digest('hex')
  }

  #fill(to: number): void {
    if (this.extents) {
      this.#hash?.update(`\n${this.#at} to ${to}\n`)
      return
    }
    for (let left = to - this.#at; left > 0; left -= ZEROS.length) {
      this.#hash?.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS)
    }
  }
}
