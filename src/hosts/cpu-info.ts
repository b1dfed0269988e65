/** What a kernel tells of its CPU. */
export interface CpuInfo {
  readonly cpuModel?: string
  /** Words of the first CPU's feature list, as the kernel spells them. */
  readonly cpuFeatures?: readonly string[]
}

/** Names of the first Arm designers' cores by `CPU part` (Linux, arch/arm64/include/asm/cputype.h). */
const ARM_PARTS: Readonly<Record<string, string>> = {
  '0xd03': 'Cortex-A53',
  '0xd05': 'Cortex-A55',
  '0xd07': 'Cortex-A57',
  '0xd08': 'Cortex-A72',
  '0xd0b': 'Cortex-A76',
  '0xd0c': 'Neoverse-N1',
  '0xd40': 'Neoverse-V1',
  '0xd49': 'Neoverse-N2',
  '0xd4f': 'Neoverse-V2',
}

/** Reads `/proc/cpuinfo`; each architecture's kernel spells it in its own way. Empty where nothing is known. */
export function parseCpuInfo(text: string): CpuInfo {
  const field = (pattern: string) => new RegExp(`^(?:${pattern})\\s*:\\s*(.+)$`, 'm').exec(text)?.[1]?.trim()
  const implementer = field('CPU implementer')
  const arm = implementer === '0x41' ? ARM_PARTS[field('CPU part') ?? ''] : undefined
  const model = field('model name|cpu model|Model') ?? arm ?? field('cpu|machine|Processor')
  const features = field('flags|Features|features')?.split(/\s+/)
  return {
    ...(model === undefined ? {} : { cpuModel: model.slice(0, 100) }),
    ...(features === undefined ? {} : { cpuFeatures: features.slice(0, 500) }),
  }
}
