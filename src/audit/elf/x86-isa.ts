import type { Fields } from './elf-bytes.js'

/** x86-64 psABI, "Program Property": the level that every processor must have on which the file is used. */
const ISA_1_NEEDED = 0xc0008002
/** Before binutils 2.36 a property named single features, with two successive numberings. */
const COMPAT_ISA_1_NEEDED = 0xc0000001
const COMPAT_2_ISA_1_NEEDED = 0xc0008000

/** First bit of the features of levels 2, 3 and 4 in each numbering (binutils, `include/elf/common.h`). */
const COMPAT_STARTS: Readonly<Record<number, readonly [number, number, number]>> = {
  // 486, 586, 686, SSE, SSE2 | SSE3, SSSE3, SSE4.1, SSE4.2 | AVX, AVX2 | AVX-512 ...
  [COMPAT_ISA_1_NEEDED]: [5, 9, 11],
  // CMOV, SSE, SSE2 | SSE3, SSSE3, SSE4.1, SSE4.2 | AVX, AVX2, FMA | AVX-512 ...
  [COMPAT_2_ISA_1_NEEDED]: [3, 7, 10],
}

/** The highest x86-64 level (1 to 4) among the properties of a note; 0 where none is needed. */
export function readX86IsaLevel(properties: Fields, bits: 32 | 64): number {
  const align = bits === 64 ? 8 : 4
  let level = 0
  for (let at = 0; at + 8 <= properties.length; ) {
    const type = properties.u32(at)
    const size = properties.u32(at + 4)
    if (size === 4 && at + 12 <= properties.length)
      level = Math.max(level, rateNeeds(type, properties.u32(at + 8)))
    at += 8 + Math.ceil(size / align) * align
  }
  return level
}

function rateNeeds(type: number, value: number): number {
  if (value === 0) return 0
  if (type === ISA_1_NEEDED) return Math.min(32 - Math.clz32(value & 0xf), 4)
  const starts = COMPAT_STARTS[type]
  if (starts === undefined) return 0
  const highest = 31 - Math.clz32(value)
  return 1 + starts.filter(start => highest >= start).length
}
