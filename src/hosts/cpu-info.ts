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
  const field = (pattern: string) =>
    new RegExp(`^(?:${pattern})[ \\t]*:[ \\t]*(\\S.*)$`, 'm').exec(text)?.[1]?.trim()
  const part = field('CPU part') ?? ''
  const isArm = field('CPU implementer') === '0x41' && Object.hasOwn(ARM_PARTS, part)
  // IBM's kernels give the machine's type within the line of each processor.
  const ibm = /^processor 0: .*\bmachine = (\w{1,8})$/m.exec(text)?.[1]
  const model =
    field('model name|Model Name|cpu model|Model') ??
    (isArm ? ARM_PARTS[part] : undefined) ??
    field('cpu|uarch|machine|Processor') ??
    (ibm === undefined ? undefined : `IBM machine ${ibm}`)
  const features = field('flags|Features|features|ASEs implemented|isa')?.split(/\s+/)
  return {
    ...(model === undefined ? {} : { cpuModel: model.slice(0, 100) }),
    ...(features === undefined
      ? {}
      : { cpuFeatures: features.slice(0, 500).map(each => each.slice(0, 100)) }),
  }
}
