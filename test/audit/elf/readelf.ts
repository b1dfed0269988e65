import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'

/** Facts that readelf prints, in the words of `ElfFacts`. */
export type ReadelfFacts = Omit<ElfFacts, 'architecture' | 'go' | 'damage'>

const MACHINES: Readonly<Record<string, number>> = {
  'Intel 80386': 3,
  'MIPS R3000': 8,
  PowerPC64: 21,
  'IBM S/390': 22,
  ARM: 40,
  'Advanced Micro Devices X86-64': 62,
  AArch64: 183,
}
const OS_ABIS: Readonly<Record<string, number>> = { 'UNIX - System V': 0, 'UNIX - GNU': 3 }
const TYPES: Readonly<Record<string, ElfFacts['type']>> = {
  'DYN (Shared object file)': 'shared',
  'DYN (Position-Independent Executable file)': 'pie',
  'EXEC (Executable file)': 'executable',
  'REL (Relocatable file)': 'relocatable',
}
const ARM_ARCHITECTURES = 'Pre-v4,v4,v4T,v5T,v5TE,v5TEJ,v6,v6KZ,v6T2,v6K,v7,v6-M,v6S-M,v7E-M,v8'.split(',')
const ARM_FLOAT_ABIS: Readonly<Record<string, ElfFacts['floatAbi']>> = {
  AAPCS: 'soft',
  'VFP registers': 'hard',
}
/** Machines that have an executable stack where a file says nothing. */
const EXECUTABLE_STACKS = new Set([3, 8, 22, 40, 62])

interface Load {
  readonly offset: bigint
  readonly address: bigint
  readonly fileSize: bigint
  readonly memorySize: bigint
  readonly permissions: string
  readonly align: number
}

/** Runs binutils' readelf over the files, many at a time. */
export async function readWithReadelf(contents: readonly Uint8Array[]): Promise<ReadelfFacts[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'readelf-'))
  try {
    const names = contents.map((_, index) => `${index}.elf`)
    for (const [index, content] of contents.entries())
      await writeFile(path.join(folder, `${index}.elf`), content)
    const facts: ReadelfFacts[] = []
    for (let from = 0; from < names.length; from += 100) {
      const batch = names.slice(from, from + 100)
      // With one file alone readelf leaves its name out.
      const { stdout } = await execa(
        'readelf',
        ['--wide', '-h', '-l', '-d', '-V', '-n', '-A', ...batch, names[0] ?? ''],
        { cwd: folder, env: { LC_ALL: 'C' }, maxBuffer: 1e9, reject: false, stderr: 'ignore' },
      )
      const texts = stdout.split(/^File: \d+\.elf$/m).slice(1, 1 + batch.length)
      facts.push(...texts.map(parseReadelf))
    }
    return facts
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function parseReadelf(text: string): ReadelfFacts {
  const find = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1]
  const findAll = (pattern: RegExp): string[] | undefined => {
    const found = [...text.matchAll(pattern)].map(match => match[1] ?? '')
    return found.length > 0 ? found : undefined
  }
  const machine = lookUp(MACHINES, find(/^ {2}Machine: +(.*)$/m))
  const header = find(/^ {2}Flags: +0x([0-9a-f]+)/m) ?? '0'
  const interpreter = find(/Requesting program interpreter: (.*)\]$/m)
  const soname = find(/\(SONAME\) +Library soname: \[(.*)\]$/m)
  const type = lookUp(TYPES, find(/^ {2}Type: +(.*)$/m))
  const loads = parseLoads(text)
  const stack = find(/^ {2}GNU_STACK +(?:0x[0-9a-f]+ +){5}([RWE ]{3})/m)
  const isDynamic = /^ {2}DYNAMIC +0x/m.test(text)
  const facts: { [Key in keyof ReadelfFacts]: ReadelfFacts[Key] | undefined } = {
    machine,
    bits: find(/^ {2}Class: +ELF(\d+)$/m) === '64' ? 64 : 32,
    endianness: find(/^ {2}Data: .* (little|big) endian$/m) as 'little' | 'big',
    osAbi: lookUp(OS_ABIS, find(/^ {2}OS\/ABI: +(.*)$/m)),
    // readelf goes by DF_1_PIE alone, which linkers of before 2016 do not set.
    type: type === 'shared' && interpreter !== undefined && soname === undefined ? 'pie' : type,
    flags: Number.parseInt(header, 16),
    floatAbi: findFloatAbi(text),
    interpreter,
    soname,
    needed: findAll(/\(NEEDED\) +Shared library: \[(.*)\]$/gm),
    rpath: find(/\(RPATH\) +Library rpath: \[(.*)\]$/m)?.split(':'),
    runpath: find(/\(RUNPATH\) +Library runpath: \[(.*)\]$/m)?.split(':'),
    noDefaultLib: /\(FLAGS_1\) +Flags:.* NODEFLIB\b/.test(text) ? true : undefined,
    versionNeeds: parseNeeds(text),
    versionDefinitions: findAll(/Rev: \d+ {2}Flags: (?!BASE)\S+ .*Cnt: \d+ {2}Name: (.*)$/gm)?.filter(
      (name, index, all) => all.indexOf(name) === index,
    ),
    x86IsaLevel: findIsaLevel(text),
    armArchitecture: findArmArchitecture(text),
    armCpuName: find(/^ {2}Tag_CPU_name: "(.*)"$/m),
    loadAlign: loads.length > 0 ? Math.min(...loads.map(({ align }) => align)) : undefined,
    maxPageSize: ([65536, 16384, 4096] as const).find(size => loads.length > 0 && fitsPages(loads, size)),
    executableStack: (
      stack !== undefined
        ? stack.includes('E')
        : loads.length > 0 && EXECUTABLE_STACKS.has(machine) && (isDynamic || machine !== 62)
    )
      ? true
      : undefined,
    buildId: find(/Build ID: ([0-9a-f]+)$/m),
  }
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as unknown as ReadelfFacts
}

function lookUp<Value>(table: Readonly<Record<string, Value>>, word: string | undefined): Value {
  const value = table[word ?? '']
  if (value === undefined) throw new Error(`readelf says ${word}`)
  return value
}

function findFloatAbi(text: string): ElfFacts['floatAbi'] {
  const flags = /^ {2}Flags: +0x[0-9a-f]+.*\b(hard|soft)-float ABI/m.exec(text)?.[1]
  if (flags !== undefined) return flags as ElfFacts['floatAbi']
  return ARM_FLOAT_ABIS[/^ {2}Tag_ABI_VFP_args: (.*)$/m.exec(text)?.[1] ?? '']
}

function findArmArchitecture(text: string): number | undefined {
  const name = /^ {2}Tag_CPU_arch: (.*)$/m.exec(text)?.[1]
  return name === undefined ? undefined : ARM_ARCHITECTURES.indexOf(name)
}

function findIsaLevel(text: string): ElfFacts['x86IsaLevel'] {
  const needed = text.matchAll(/x86 ISA needed: (.*?)(?=, x86 (?:ISA|feature)|$)/gm)
  const words = [...needed].map(match => match[1] ?? '').join()
  if (/x86-64-v4|AVX512/.test(words)) return 4
  if (/x86-64-v3|\bAVX|\bFMA\b/.test(words)) return 3
  if (/x86-64-v2|SSE3|SSE4/.test(words)) return 2
  return /x86-64-baseline|SSE|CMOV|\d86/.test(words) ? 1 : undefined
}

function parseNeeds(text: string): ElfFacts['versionNeeds'] {
  const needs: Record<string, string[]> = {}
  let library = ''
  for (const line of text.split('\n')) {
    library = /^ {2}\S+: Version: \d+ {2}File: (.*) {2}Cnt: \d+$/.exec(line)?.[1] ?? library
    const version = /^ {2}0x\w+: {3}Name: (.*) {2}Flags: (.*) {2}Version: \d+$/.exec(line)
    if (version?.[1] === undefined || version[2]?.includes('WEAK')) continue
    needs[library] ??= []
    if (!needs[library]?.includes(version[1])) needs[library]?.push(version[1])
  }
  return Object.keys(needs).length > 0 ? needs : undefined
}

function parseLoads(text: string): Load[] {
  const pattern = /^ {2}LOAD +(0x\w+) (0x\w+) 0x\w+ (0x\w+) (0x\w+) ([RWE ]{3}) (0x\w+|0)$/gm
  return [...text.matchAll(pattern)]
    .map(([, offset = '', address = '', fileSize = '', memorySize = '', permissions = '', align = '']) => ({
      offset: BigInt(offset),
      address: BigInt(address),
      fileSize: BigInt(fileSize),
      memorySize: BigInt(memorySize),
      permissions,
      align: Number(align),
    }))
    .filter(({ memorySize }) => memorySize > 0n)
}

/** Maps page by page, as the kernel would: a page that is mapped twice must be the same page, without zeros to keep. */
function fitsPages(loads: readonly Load[], size: number): boolean {
  const page = BigInt(size)
  const mapped = new Map<bigint, string>()
  for (const { offset, address, fileSize, memorySize, permissions } of loads) {
    if (address % page !== offset % page) return false
    const zeros = memorySize > fileSize
    for (let at = address / page; at <= (address + memorySize - 1n) / page; at += 1n) {
      const content = `${permissions} ${at * page - address + offset}`
      const before = mapped.get(at)
      if (before !== undefined && before !== content) return false
      mapped.set(at, zeros ? 'zeros' : content)
    }
  }
  return true
}
