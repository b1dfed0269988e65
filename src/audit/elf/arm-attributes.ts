/** Attributes of the whole file (Addenda to the ABI for the Arm Architecture, "Build attributes"). */
export interface ArmAttributes {
  /** `Tag_CPU_arch`. */
  readonly architecture?: number
  /** `Tag_CPU_name`. */
  readonly cpuName?: string
  /** `Tag_ABI_VFP_args`: 0 base standard, 1 VFP registers, 2 the toolchain's own, 3 compatible with both. */
  readonly vfpArguments?: number
}

const FORMAT_VERSION = 0x41
const TAG_FILE = 1
const TAG_CPU_NAME = 5
const TAG_CPU_ARCH = 6
const TAG_ABI_VFP_ARGS = 28
const TAG_COMPATIBILITY = 32
const MAX_CPU_NAME_BYTES = 64

/**
 * Reads the vendor subsection `aeabi` of `.ARM.attributes`; undefined where there is none or the bytes make no sense.
 * Attributes of single sections or symbols are passed over.
 */
export function readArmAttributes(bytes: Uint8Array, littleEndian: boolean): ArmAttributes | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes[0] !== FORMAT_VERSION) return undefined
  for (let at = 1; at + 4 < bytes.length; ) {
    const length = view.getUint32(at, littleEndian)
    const end = at + length
    if (length < 5 || end > bytes.length) return undefined
    const vendorEnd = bytes.indexOf(0, at + 4)
    if (vendorEnd < 0 || vendorEnd >= end) return undefined
    if (Buffer.from(bytes.subarray(at + 4, vendorEnd)).toString('latin1') === 'aeabi')
      return readVendorSection(view, vendorEnd + 1, end, littleEndian)
    at = end
  }
  return undefined
}

function readVendorSection(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
): ArmAttributes | undefined {
  for (let at = start; at + 5 <= end; ) {
    const tag = view.getUint8(at)
    const size = view.getUint32(at + 1, littleEndian)
    if (size < 5 || at + size > end) return undefined
    if (tag === TAG_FILE) return readAttributes(view, at + 5, at + size)
    at += size
  }
  return undefined
}

function readAttributes(view: DataView, start: number, end: number): ArmAttributes | undefined {
  const found: { -readonly [Key in keyof ArmAttributes]: ArmAttributes[Key] } = {}
  let at = start

  function readNumber(): number {
    let value = 0
    for (let shift = 0; at < end; shift += 7) {
      const byte = view.getUint8(at)
      at += 1
      // Beyond 28 bits nothing is a value that anyone defines; the digits are still passed over.
      if (shift < 28) value |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    return value
  }

  function readText(): string {
    const from = at
    while (at < end && view.getUint8(at) !== 0) at += 1
    const length = Math.min(at - from, MAX_CPU_NAME_BYTES)
    at += 1
    return Buffer.from(view.buffer, view.byteOffset + from, length).toString('latin1')
  }

  while (at < end) {
    const tag = readNumber()
    if (tag === TAG_CPU_NAME) found.cpuName = readText()
    else if (tag === TAG_COMPATIBILITY) {
      readNumber()
      readText()
    } else if (tag === 4 || (tag > TAG_COMPATIBILITY && tag % 2 === 1)) readText()
    else {
      const value = readNumber()
      if (tag === TAG_CPU_ARCH) found.architecture = value
      else if (tag === TAG_ABI_VFP_ARGS) found.vfpArguments = value
    }
  }
  return found
}
