/** One header and what follows it, written byte by byte: tests need archives that no tool would write. */
export interface RawEntry {
  readonly name: string
  /** `typeflag`; `0` by default. */
  readonly type?: string
  readonly content?: Uint8Array | string
  /** What the header claims, where it is not the content's own size. */
  readonly size?: number | string
  readonly link?: string
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  /** Bytes to put over the header before its checksum is made, by offset. */
  readonly patch?: Readonly<Record<number, string>>
}

/** The blocks of one entry, its checksum right. */
export function makeEntry(entry: RawEntry): Buffer {
  const content = Buffer.from(entry.content ?? '')
  const header = Buffer.alloc(512)
  header.write(entry.name, 0, 100, 'latin1')
  header.write(octal(entry.mode ?? 0o644, 7), 100)
  header.write(octal(entry.uid ?? 0, 7), 108)
  header.write(octal(entry.gid ?? 0, 7), 116)
  const size = entry.size ?? content.length
  header.write(typeof size === 'number' ? octal(size, 11) : size, 124, 'latin1')
  header.write(octal(0, 11), 136)
  header.write(entry.type ?? '0', 156)
  header.write(entry.link ?? '', 157, 100, 'latin1')
  header.write('ustar\0' + '00', 257, 'latin1')
  for (const [at, text] of Object.entries(entry.patch ?? {})) header.write(text, Number(at), 'latin1')
  header.fill(0x20, 148, 156)
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
    'latin1',
  )
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}

/** A whole archive. */
export function makeTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(makeEntry), Buffer.alloc(1024)])
}

/** A pax header with these records. */
export function makePax(records: readonly (readonly [string, string | Buffer])[], type = 'x'): RawEntry {
  const lines = records.map(([key, value]) => {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')])
    let length = rest.length + 1
    while (String(length).length + rest.length > length) length += 1
    return Buffer.concat([Buffer.from(String(length)), rest])
  })
  return { name: 'PaxHeaders/x', type, content: Buffer.concat(lines) }
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
