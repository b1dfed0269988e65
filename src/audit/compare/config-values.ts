import type { ImageConfig } from '../../model/image.js'
import type { Platform } from '../../model/platform.js'
import { neutralizeWords } from './neutral-words.js'
import type { SplitValue } from './split.js'

/** Variables and labels that are there to name the platform or its build. */
const PLATFORM_NAMES =
  /^(?:(?:TARGET|BUILD|HOST)?(?:ARCH|ARCHITECTURE|PLATFORM|VARIANT)|(?:.*_)?(?:ARCH|ARCHITECTURE|PLATFORM|TRIPLET|TRIPLE|MULTIARCH|GNU_?TYPE)|GO(?:ARCH|ARM|ARM64|AMD64|386|MIPS|PPC64|RISCV64)|(?:DPKG|DEB|APK|RPM|NODE|RUST|QEMU|S6|UNAME|CARGO_BUILD)_?(?:ARCH|TARGET|CPU|MACHINE)|.*_CFLAGS|C(?:XX)?FLAGS|LDFLAGS|RUSTFLAGS)$/i

/** Variables that hold a checksum or a signature of what was downloaded for this platform. */
const CHECKSUM_NAMES =
  /(?:^|_)(?:SHA(?:\d{1,3}(?:SUM)?)?|MD5(?:SUM)?|CHECKSUM|HASH|DIGEST|SUM|BLAKE\w{0,4}|SIGNATURE)(?:$|_)/i

/** Labels that every build writes anew, or that name the architecture (image-spec, "annotations"). */
const LABELS_OF_BUILD =
  /(?:^|[._-])(?:created|build[._-]?date|build[._-]?time|built|timestamp|build[._-]?id|build[._-]?number|base[._-]digest|digest|architecture|arch|platform|vcs-ref-date)$/i

/** Whether a variable may differ because of what it is for. */
export function isPlatformVariable(name: string): boolean {
  return PLATFORM_NAMES.test(name) || CHECKSUM_NAMES.test(name)
}

/** Whether a label may differ because of what it is for: OCI's `created`, `base.digest`, an architecture's name. */
export function isPlatformLabel(name: string): boolean {
  return LABELS_OF_BUILD.test(name) || isPlatformVariable(name)
}

/** A value of the config as it is compared. `lib64` is `lib`, own words are one. */
export function neutralizeValue(value: string, platform: Platform): SplitValue {
  return {
    raw: value,
    neutral: neutralizeWords(value, platform).replace(/\/lib64(?![A-Za-z0-9_.-])/g, '/lib'),
  }
}

/** Environment by name; of two of one name the last counts, as it does for the engine. */
export function readEnvironment(config: ImageConfig): ReadonlyMap<string, string> {
  return new Map(
    config.env.map(line => {
      const equals = line.indexOf('=')
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
}
