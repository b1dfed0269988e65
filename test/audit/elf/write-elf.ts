/** Class, byte order and machine of a file to be written. */
export interface ElfShape {
  readonly bits: 32 | 64
  readonly endianness: 'little' | 'big'
  readonly machine: number
  /** `e_type`: 2 executable, 3 shared (what it is unless said). */
  readonly type?: number
  readonly flags?: number
}

/** A segment; its content is put where the writer likes, unless an offset says otherwise. */
export interface SegmentSpec {
  readonly type: number
  readonly flags?: number
  readonly address?: number
  readonly content?: Buffer
  readonly offset?: number
  readonly fileSize?: number
  readonly memorySize?: number
  readonly align?: number
}

export interface SectionSpec {
  readonly name: string
  readonly type: number
  readonly flags?: number
  readonly content: Buffer
}

/** What the dynamic section of a file says. */
export interface DynamicSpec {
  readonly interpreter?: string
  readonly soname?: string
  readonly needed?: readonly string[]
  readonly rpath?: string
  readonly runpath?: string
  readonly flags1?: number
  readonly needs?: readonly { readonly file: string; readonly versions: readonly VersionSpec[] }[]
  readonly definitions?: readonly VersionSpec[]
  /** Entries behind the end mark: tag and name. */
  readonly after?: readonly (readonly [tag: number, text: string])[]
  /** What the section says of the length of its names, where it lies. */
  readonly stringBytes?: number
}

export interface VersionSpec {
  readonly name: string
  /** 1 base, 2 weak. */
  readonly flags?: number
}

/** The four ways to write a number, each with a machine that is written so. */
export const SHAPES: readonly ElfShape[] = [
  { bits: 64, endianness: 'little', machine: 62 },
  { bits: 32, endianness: 'little', machine: 40, flags: 0x05000000 },
  { bits: 64, endianness: 'big', machine: 22 },
  { bits: 32, endianness: 'big', machine: 8 },
]

export const LOAD_ADDRESS = 0x10000

/** Numbers one after the other: `[2, 1, 3]` is 1 and 3 with two bytes each; `word` is an address. */
export function packNumbers(
  shape: ElfShape,
  ...groups: readonly [2 | 4 | 8 | 'word', ...number[]][]
): Buffer {
  return Buffer.concat(
    groups.flatMap(([size, ...values]) =>
      values.map(value => {
        const bytes = Buffer.alloc(size === 'word' ? shape.bits / 8 : size)
        const isLittle = shape.endianness === 'little'
        if (bytes.length === 8)
          isLittle ? bytes.writeBigUInt64LE(BigInt(value)) : bytes.writeBigUInt64BE(BigInt(value))
        else if (isLittle) bytes.writeUIntLE(value, 0, bytes.length)
        else bytes.writeUIntBE(value, 0, bytes.length)
        return bytes
      }),
    ),
  )
}

/** Writes a file of these segments and sections, and nothing else. */
export function writeElf(
  shape: ElfShape,
  segments: readonly SegmentSpec[],
  sections: readonly SectionSpec[] = [],
): Buffer {
  const wide = shape.bits === 64
  const headerBytes = wide ? 64 : 52
  const segmentBytes = wide ? 56 : 32
  const parts: Buffer[] = []
  let end = headerBytes + segments.length * segmentBytes
  const append = (content: Buffer): number => {
    const padding = (16 - (end % 16)) % 16
    parts.push(Buffer.alloc(padding), content)
    end += padding + content.length
    return end - content.length
  }
  const programHeaders = segments.map(segment => {
    const offset = segment.offset ?? (segment.content ? append(segment.content) : 0)
    const fileSize = segment.fileSize ?? segment.content?.length ?? 0
    const { type, flags = 4, address = 0, memorySize = fileSize, align = 1 } = segment
    return wide
      ? packNumbers(shape, [4, type, flags], ['word', offset, address, address, fileSize, memorySize, align])
      : packNumbers(shape, ['word', type, offset, address, address, fileSize, memorySize, flags, align])
  })
  const table = sections.length > 0 ? writeSections(shape, sections, append) : undefined
  const header = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, shape.endianness === 'little' ? 1 : 2, 1]),
    Buffer.alloc(9),
    packNumbers(shape, [2, shape.type ?? 3, shape.machine], [4, 1]),
    packNumbers(shape, ['word', 0, segments.length > 0 ? headerBytes : 0, table?.offset ?? 0]),
    packNumbers(shape, [4, shape.flags ?? 0]),
    packNumbers(shape, [2, headerBytes, segmentBytes, segments.length, wide ? 64 : 40]),
    packNumbers(shape, [2, table?.count ?? 0, table ? table.count - 1 : 0]),
  ])
  return Buffer.concat([header, ...programHeaders, ...parts])
}

function writeSections(
  shape: ElfShape,
  sections: readonly SectionSpec[],
  append: (content: Buffer) => number,
): { offset: number; count: number } {
  const names = Buffer.from(`\0${[...sections.map(({ name }) => name), '.shstrtab'].join('\0')}\0`)
  const all = [...sections, { name: '.shstrtab', type: 3, content: names }]
  const headers = all.map(({ name, type, flags = 0, content }) => {
    const offset = append(content)
    return packNumbers(
      shape,
      [4, names.indexOf(`\0${name}\0`) + 1, type],
      ['word', flags, 0, offset, content.length],
      [4, 0, 0],
      ['word', 1, 0],
    )
  })
  const empty = Buffer.alloc(shape.bits === 64 ? 64 : 40)
  return { offset: append(Buffer.concat([empty, ...headers])), count: all.length + 1 }
}

/** Segments of a file with a dynamic section: one that loads it all, PT_INTERP and PT_DYNAMIC. */
export function writeDynamic(shape: ElfShape, spec: DynamicSpec): SegmentSpec[] {
  const texts: string[] = ['']
  const name = (text: string): number => {
    if (!texts.includes(text)) texts.push(text)
    return Buffer.byteLength(texts.slice(0, texts.indexOf(text)).join('\0')) + 1
  }
  const nameOf = (text: string): number => (text === '' ? 0 : name(text))
  const entries: [number, number][] = (spec.needed ?? []).map(library => [1, nameOf(library)])
  if (spec.soname !== undefined) entries.push([14, nameOf(spec.soname)])
  if (spec.rpath !== undefined) entries.push([15, nameOf(spec.rpath)])
  if (spec.runpath !== undefined) entries.push([29, nameOf(spec.runpath)])
  if (spec.flags1 !== undefined) entries.push([0x6ffffffb, spec.flags1])
  const after = (spec.after ?? []).map(([tag, text]) => [tag, nameOf(text)] as const)
  const needs = writeNeeds(shape, spec.needs ?? [], nameOf)
  const definitions = writeDefinitions(shape, spec.definitions ?? [], nameOf)
  const strings = Buffer.from(`${texts.join('\0')}\0`)
  const interpreter = Buffer.from(spec.interpreter === undefined ? '' : `${spec.interpreter}\0`)
  const pieces = [strings, needs, definitions, interpreter].map(pad)
  const starts = pieces.map((_, index) => Buffer.concat(pieces.slice(0, index)).length)
  const [stringsAt = 0, needsAt = 0, definitionsAt = 0, interpreterAt = 0] = starts
  entries.push([5, LOAD_ADDRESS + stringsAt], [10, spec.stringBytes ?? strings.length])
  if (spec.needs) entries.push([0x6ffffffe, LOAD_ADDRESS + needsAt], [0x6fffffff, spec.needs.length])
  if (spec.definitions)
    entries.push([0x6ffffffc, LOAD_ADDRESS + definitionsAt], [0x6ffffffd, spec.definitions.length])
  const dynamic = Buffer.concat(
    [...entries, [0, 0] as const, ...after].map(entry => packNumbers(shape, ['word', ...entry])),
  )
  const dynamicAt = Buffer.concat(pieces).length
  const content = Buffer.concat([...pieces, dynamic])
  // Where the writer puts the first content: right behind header and program headers.
  const count = spec.interpreter === undefined ? 2 : 3
  const start = Math.ceil(((shape.bits === 64 ? 64 : 52) + count * (shape.bits === 64 ? 56 : 32)) / 16) * 16
  const inner = (type: number, at: number, size: number): SegmentSpec => ({
    type,
    address: LOAD_ADDRESS + at,
    offset: start + at,
    fileSize: size,
  })
  return [
    { type: 1, flags: 6, address: LOAD_ADDRESS, content },
    ...(count === 3 ? [inner(3, interpreterAt, interpreter.length)] : []),
    inner(2, dynamicAt, dynamic.length),
  ]
}

function writeNeeds(
  shape: ElfShape,
  needs: NonNullable<DynamicSpec['needs']>,
  name: (text: string) => number,
): Buffer {
  return Buffer.concat(
    needs.map(({ file, versions }, index) =>
      Buffer.concat([
        packNumbers(shape, [2, 1, versions.length], [4, name(file), 16]),
        packNumbers(shape, [4, index + 1 < needs.length ? 16 + 16 * versions.length : 0]),
        ...versions.map((version, at) =>
          packNumbers(
            shape,
            [4, 0],
            [2, version.flags ?? 0, at + 2],
            [4, name(version.name), at + 1 < versions.length ? 16 : 0],
          ),
        ),
      ]),
    ),
  )
}

function writeDefinitions(
  shape: ElfShape,
  definitions: readonly VersionSpec[],
  name: (text: string) => number,
): Buffer {
  return Buffer.concat(
    definitions.map((version, index) =>
      packNumbers(
        shape,
        [2, 1, version.flags ?? 0, index + 1, 1],
        [4, 0, 20, index + 1 < definitions.length ? 28 : 0],
        [4, name(version.name), 0],
      ),
    ),
  )
}

function pad(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((8 - (content.length % 8)) % 8)])
}

/** A note: `align` is that of its segment. */
export function writeNote(
  shape: ElfShape,
  name: string,
  type: number,
  content: Buffer,
  align: 4 | 8 = 4,
): Buffer {
  const fill = (bytes: Buffer): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((align - (bytes.length % align)) % align)])
  const head = Buffer.concat([
    packNumbers(shape, [4, name.length + 1, content.length, type]),
    Buffer.from(`${name}\0`),
  ])
  return Buffer.concat([fill(head), fill(content)])
}

/** `.note.gnu.property` with properties of one number each. */
export function writeProperties(
  shape: ElfShape,
  properties: readonly (readonly [type: number, value: number])[],
): Buffer {
  const padding = shape.bits === 64 ? [0] : []
  const content = properties.map(([type, value]) => packNumbers(shape, [4, type, 4, value, ...padding]))
  return writeNote(shape, 'GNU', 5, Buffer.concat(content), shape.bits === 64 ? 8 : 4)
}
