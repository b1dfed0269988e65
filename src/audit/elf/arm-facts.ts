import { readArmAttributes } from './arm-attributes.js'
import type { DamageLog } from './damage.js'
import type { ElfBytes } from './elf-bytes.js'
import type { ElfFacts } from './elf-facts.js'
import type { FileRange } from './segments.js'

const EF_ARM_EABI_MASK = 0xff000000
const EF_ARM_EABI_VER5 = 0x05000000
const EF_ARM_ABI_FLOAT_HARD = 0x400
const EF_ARM_ABI_FLOAT_SOFT = 0x200
const VFP_ARGUMENTS: Readonly<Record<number, ElfFacts['floatAbi']>> = { 0: 'soft', 1: 'hard' }

/** Real sections have less than 100 bytes. */
const MAX_ATTRIBUTES_BYTES = 64 * 1024

/** What an ARM file says of processor and float ABI; `section` is its `.ARM.attributes`. */
export function readArmFacts(
  bytes: ElfBytes,
  headerFlags: number,
  section: FileRange | undefined,
  damage: DamageLog,
): Pick<ElfFacts, 'floatAbi' | 'armArchitecture' | 'armCpuName'> {
  const raw = section && bytes.read(section.offset, Math.min(section.size, MAX_ATTRIBUTES_BYTES))
  const attributes = raw && readArmAttributes(raw, bytes.littleEndian)
  if (section !== undefined && attributes === undefined) damage.report('its ARM attributes cannot be read')
  // Before version 5 of the ABI these bits meant the kind of floating-point unit, and not how arguments are passed.
  const flags = (headerFlags & EF_ARM_EABI_MASK) === EF_ARM_EABI_VER5 ? headerFlags : 0
  return {
    floatAbi:
      (flags & EF_ARM_ABI_FLOAT_HARD) !== 0
        ? 'hard'
        : (flags & EF_ARM_ABI_FLOAT_SOFT) !== 0
          ? 'soft'
          : VFP_ARGUMENTS[attributes?.vfpArguments ?? -1],
    armArchitecture: attributes?.architecture,
    armCpuName: attributes?.cpuName,
  }
}
