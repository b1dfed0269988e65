import { readElfHeader } from '../../model/elf-header.js'
import type { ByteSource } from '../byte-source.js'
import { readArmFacts } from './arm-facts.js'
import { createDamageLog, type DamageLog } from './damage.js'
import {
  DT_VERDEF,
  DT_VERNEED,
  type DynamicTable,
  isMarkedPie,
  locateDynamic,
  readDynamic,
  readDynamicFacts,
} from './dynamic.js'
import { createElfBytes, type ElfBytes } from './elf-bytes.js'
import type { ElfFacts } from './elf-facts.js'
import { type FileHeader, readFileHeader } from './file-header.js'
import { readGoBuildInfo } from './go-build-info.js'
import { type NoteRange, readNotes } from './notes.js'
import { readPageFacts } from './page-size.js'
import { findSections, readSection, type Sections } from './sections.js'
import {
  checkSegments,
  findAddress,
  PT_GNU_PROPERTY,
  PT_INTERP,
  PT_NOTE,
  readSegments,
  type Segment,
} from './segments.js'
import { hasExecutableStack } from './stack.js'
import { readVersionDefinitions, readVersionNeeds } from './versions.js'

const ET_DYN = 3
const TYPES: Readonly<Record<number, ElfFacts['type']>> = {
  1: 'relocatable',
  2: 'executable',
  [ET_DYN]: 'shared',
  4: 'core',
}
const EM_ARM = 40
const MAX_INTERPRETER_BYTES = 4096

/** All that the parts of a file are read with. */
interface OpenElf {
  readonly bytes: ElfBytes
  readonly machine: number
  readonly header: FileHeader
  readonly segments: readonly Segment[]
  readonly sections: Sections
  readonly damage: DamageLog
}

/**
 * Reads an ELF file's facts; undefined where the bytes do not begin with ELF's magic number. Fields that the file does
 * not have are absent. Never throws for what the bytes are, and reads and keeps a bounded part of them: what is damaged
 * or out of proportion is told by `damage`, and the rest is read.
 */
export function readElfFacts(source: ByteSource): ElfFacts | undefined {
  const start = source.read(0, 64)
  if (start[0] !== 0x7f || start[1] !== 0x45 || start[2] !== 0x4c || start[3] !== 0x46) return undefined
  const ident = readElfHeader(start)
  const osAbi = start[7] ?? 0
  if (ident === undefined)
    return {
      machine: 0,
      bits: start[4] === 2 ? 64 : 32,
      endianness: start[5] === 2 ? 'big' : 'little',
      osAbi,
      type: 'other',
      flags: 0,
      damage:
        start.length < 20
          ? `the file ends inside the ELF header, after ${start.length} bytes`
          : `its header names a class or byte order that does not exist`,
    }
  const { machine, bits, endianness, architecture } = ident
  const damage = createDamageLog()
  const bytes = createElfBytes(source, bits, endianness === 'little')
  const header = readFileHeader(bytes, damage)
  const segments = readSegments(bytes, header.programHeaders, damage)
  checkSegments(segments, bytes.size, damage)
  const sections = findSections(bytes, header, machine, damage)
  const file: OpenElf = { bytes, machine, header, segments, sections, damage }
  const interpreter = readInterpreter(file)
  const dynamic = openDynamic(file)
  const names = dynamic ? readDynamicFacts(bytes, dynamic, damage) : {}
  const isProgram =
    (interpreter !== undefined && names.soname === undefined) || (dynamic ? isMarkedPie(dynamic) : false)
  return omitAbsent({
    machine,
    bits,
    endianness,
    architecture,
    osAbi,
    type: header.type === ET_DYN && isProgram ? 'pie' : (TYPES[header.type] ?? 'other'),
    flags: header.flags,
    ...(machine === EM_ARM ? readArmFacts(bytes, header.flags, sections.armAttributes, damage) : {}),
    interpreter,
    ...names,
    ...(dynamic ? readVersions(file, dynamic) : {}),
    ...readNotes(bytes, listNotes(file), machine, damage),
    ...readPageFacts(segments),
    executableStack: hasExecutableStack(segments, machine) ? true : undefined,
    go: sections.goBuildInfo || !sections.complete ? readGo(file) : undefined,
    damage: damage.first,
  })
}

function readInterpreter({ bytes, segments, damage }: OpenElf): string | undefined {
  // Files of debugging information keep the header and not its content.
  const segment = segments.find(({ type, fileSize }) => type === PT_INTERP && fileSize > 0)
  if (segment === undefined) return undefined
  const path = bytes.readText(segment.offset, Math.min(segment.fileSize, MAX_INTERPRETER_BYTES))
  if (path === undefined) damage.report('the name of its interpreter cannot be read')
  return path
}

/** By program headers, as the loader does; by sections where there are none. */
function openDynamic({ bytes, header, segments, sections, damage }: OpenElf): DynamicTable | undefined {
  const place = locateDynamic(segments)
  if (place) return readDynamic(bytes, place, address => findAddress(segments, address), damage)
  const section = segments.length === 0 ? sections.dynamic : undefined
  if (section === undefined) return undefined
  return readDynamic(bytes, section, () => readSection(bytes, header, section.link), damage)
}

function readVersions(
  { bytes, segments, sections, damage }: OpenElf,
  { values, strings }: DynamicTable,
): Pick<ElfFacts, 'versionNeeds' | 'versionDefinitions'> {
  if (strings === undefined) return {}
  const locate = (tag: number, section: Sections['versionNeeds']): number | undefined => {
    const address = values.get(tag)
    if (address === undefined) return undefined
    const offset = segments.length === 0 ? section?.offset : findAddress(segments, address)?.offset
    if (offset === undefined)
      damage.report(`its version table, at address 0x${address.toString(16)}, is in no part of the file`)
    return offset
  }
  const needs = locate(DT_VERNEED, sections.versionNeeds)
  const definitions = locate(DT_VERDEF, sections.versionDefinitions)
  return {
    versionNeeds: needs === undefined ? undefined : readVersionNeeds(bytes, needs, strings, damage),
    versionDefinitions:
      definitions === undefined ? undefined : readVersionDefinitions(bytes, definitions, strings, damage),
  }
}

/** Those of segments first; Go's linker leaves some of its notes to sections alone. */
function listNotes({ segments, sections }: OpenElf): NoteRange[] {
  const loaded = segments
    .filter(({ type }) => type === PT_NOTE || type === PT_GNU_PROPERTY)
    .map(({ offset, fileSize, align }) => ({ offset, size: fileSize, align: Number(align) }))
  const others = sections.notes.filter(
    note => !loaded.some(({ offset, size }) => offset <= note.offset && note.offset < offset + size),
  )
  return [...loaded, ...others]
}

function readGo({ bytes, segments, sections, damage }: OpenElf): ElfFacts['go'] {
  return readGoBuildInfo(bytes, segments, sections.goBuildInfo, damage)
}

/** Without the fields that are undefined, so that equal facts are equal as JSON too. */
function omitAbsent(facts: ElfFacts): ElfFacts {
  const present = Object.entries(facts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present) as unknown as ElfFacts
}
