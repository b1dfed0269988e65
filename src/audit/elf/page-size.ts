import type { ElfFacts } from './elf-facts.js'
import { PF_W, PF_X, PT_LOAD, type Segment } from './segments.js'

const PAGE_SIZES = [65536, 16384, 4096] as const
const PF_R = 4

/**
 * Whether the segments can be mapped with pages of that many bytes. Two things decide:
 *
 * - The kernel and the loader map whole pages, so address and offset of each segment must be equal modulo the page.
 *   Otherwise `mmap` fails with EINVAL in the kernel (`elf_map` in fs/binfmt_elf.c), glibc says "ELF load command
 *   address/offset not page-aligned" (`_dl_map_object_from_fd`), and musl maps the wrong bytes.
 * - Segments are mapped one over the other, in order. Where two share a page the later one replaces all of it: with other
 *   permissions (the end of the code can then not be executed), with other bytes if the difference of address and offset
 *   is another one, or with bytes of the file where the earlier one had its zeros.
 *
 * glibc before 2.35 also refuses a library whose `p_align` is no multiple of the page ("ELF load command alignment not
 * page-aligned"), even if it could be mapped: `loadAlign` tells.
 */
function fitsPages(loads: readonly Segment[], pageSize: bigint): boolean {
  return loads.every((segment, index) => {
    if ((segment.address - BigInt(segment.offset)) % pageSize !== 0n) return false
    const next = loads[index + 1]
    if (next === undefined) return true
    const lastPage = (segment.address + segment.memorySize - 1n) / pageSize
    return lastPage < next.address / pageSize || canShare(segment, next)
  })
}

function canShare(segment: Segment, next: Segment): boolean {
  const permissions = PF_R | PF_W | PF_X
  return (
    (segment.flags & permissions) === (next.flags & permissions) &&
    segment.address - BigInt(segment.offset) === next.address - BigInt(next.offset) &&
    segment.memorySize <= BigInt(segment.fileSize)
  )
}

/** Alignment and largest page size of what is loaded; nothing where nothing is. */
export function readPageFacts(segments: readonly Segment[]): Pick<ElfFacts, 'loadAlign' | 'maxPageSize'> {
  const loads = segments.filter(({ type, memorySize }) => type === PT_LOAD && memorySize > 0n)
  if (loads.length === 0) return {}
  return {
    loadAlign: Math.min(...loads.map(({ align }) => Number(align))),
    maxPageSize: PAGE_SIZES.find(pageSize => fitsPages(loads, BigInt(pageSize))),
  }
}
