import type { FileEntry } from '../layer.js'

/** What stands in an entry for the kind of library: FLAG_ELF_LIBC6 and the machine (glibc, sysdeps/generic/ldconfig.h). */
const FLAGS: Readonly<Record<string, number>> = {
  amd64: 0x0303,
  arm64: 0x0a03,
  armhf: 0x0903,
  i386: 0x0003,
  ppc64el: 0x0503,
  s390x: 0x0403,
}

const HEADER = 48
const ENTRY = 24
const LIBRARY = /^usr\/(lib(?:\/[a-z0-9_]+-linux-gnu[a-z]*)?)\/((?:lib|ld)[^/]*\.so(?:\.[^/]+)?)$/

/**
 * Writes `etc/ld.so.cache` as ldconfig does (glibc, sysdeps/generic/dl-cache.h, `cache_file_new`), over the libraries of
 * Debian's two folders for them.
 */
export function writeLoaderCache(files: readonly FileEntry[], architecture: string): FileEntry {
  const libraries = listLibraries(files)
  const isLittle = architecture !== 's390x'
  const table = Buffer.alloc(HEADER + ENTRY * libraries.length)
  const put = (value: number, at: number): number =>
    isLittle ? table.writeUInt32LE(value, at) : table.writeUInt32BE(value, at)
  const texts: Buffer[] = []
  let end = table.length
  const addText = (text: string): number => {
    texts.push(Buffer.from(`${text}\0`))
    const at = end
    end += text.length + 1
    return at
  }
  libraries.forEach(({ name, path }, at) => {
    put(FLAGS[architecture] ?? 0, HEADER + at * ENTRY)
    put(addText(name), HEADER + at * ENTRY + 4)
    put(addText(path), HEADER + at * ENTRY + 8)
  })
  table.write('glibc-ld.so.cache1.1')
  put(libraries.length, 20)
  put(end - table.length, 24)
  table[28] = isLittle ? 2 : 3
  return { path: 'etc/ld.so.cache', content: Buffer.concat([table, ...texts]) }
}

/** In the order that the loader's binary search wants: the highest name first. */
function listLibraries(files: readonly FileEntry[]): { name: string; path: string }[] {
  // Of a file and the links beside it that lead to it, only the link named as the library itself is asked for: the longest.
  const chosen = new Map<string, { name: string; path: string; isLink: boolean }>()
  for (const { path, directory, link = '' } of files) {
    const [, folder, name] = LIBRARY.exec(path) ?? []
    if (folder === undefined || name === undefined || directory) continue
    const target = link === '' || link.includes('/') ? path : path.replace(/[^/]+$/, link)
    const isLink = target !== path
    const known = chosen.get(target)
    if (known === undefined || (isLink && (!known.isLink || known.name.length < name.length)))
      chosen.set(target, { name, path: `/${folder}/${name}`, isLink })
  }
  const found = [...chosen.values()]
  return found.sort((a, b) => compareNames(b.name, a.name) || (a.path < b.path ? -1 : 1))
}

/** glibc's `_dl_cache_libcmp`: runs of digits as numbers, and a digit after any other character. */
function compareNames(a: string, b: string): number {
  const left = split(a)
  const right = split(b)
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one, other] = [left[at] ?? '', right[at] ?? '']
    const [isNumber, isOtherNumber] = [/\d/.test(one), /\d/.test(other)]
    if (isNumber !== isOtherNumber) return isNumber ? 1 : -1
    const order = isNumber ? Number(one) - Number(other) : one < other ? -1 : one > other ? 1 : 0
    if (order !== 0) return order
  }
  return 0
}

function split(name: string): readonly string[] {
  return name.match(/\d+|\D/g) ?? []
}
