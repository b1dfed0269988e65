/**
 * A platform as the OCI image index names it (image-spec, "image index", property `platform`).
 * `variant` is absent where the field's convention leaves it out (`linux/arm64` means v8).
 */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  readonly osVersion?: string
  readonly osFeatures?: readonly string[]
}

/** Other names of an architecture that people type; containerd's `platforms` package folds the same ones. */
const ARCHITECTURE_ALIASES: Readonly<Record<string, { architecture: string; variant?: string }>> = {
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  i386: { architecture: '386' },
  i486: { architecture: '386' },
  i586: { architecture: '386' },
  i686: { architecture: '386' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
  ppc64el: { architecture: 'ppc64le' },
}

/**
 * Gives the one spelling of a platform that comparisons use: lower case, aliases folded, the variant that
 * everyone leaves out (`arm64/v8`, `amd64/v1`) removed and the one that `arm` implies (v7) added, as
 * containerd's `platforms.Normalize` does.
 */
export function normalizePlatform(platform: Platform): Platform {
  const alias = ARCHITECTURE_ALIASES[platform.architecture.toLowerCase()]
  const architecture = alias?.architecture ?? platform.architecture.toLowerCase()
  const variant = normalizeVariant(architecture, platform.variant?.toLowerCase() || alias?.variant)
  return {
    os: platform.os.toLowerCase(),
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(platform.osVersion ? { osVersion: platform.osVersion } : {}),
    ...(platform.osFeatures?.length ? { osFeatures: platform.osFeatures } : {}),
  }
}

function normalizeVariant(architecture: string, variant: string | undefined): string | undefined {
  if (architecture === 'arm')
    return variant === undefined ? 'v7' : /^\d$/.test(variant) ? `v${variant}` : variant
  if (architecture === 'arm64' && (variant === 'v8' || variant === '8')) return undefined
  if (architecture === 'amd64' && variant === 'v1') return undefined
  return variant
}

/** `os/architecture[/variant]`, followed by `(os.version)` for the platforms that are told apart by it. */
export function formatPlatform(platform: Platform): string {
  const variant = platform.variant ? `/${platform.variant}` : ''
  const version = platform.osVersion ? `(${platform.osVersion})` : ''
  return `${platform.os}/${platform.architecture}${variant}${version}`
}

/**
 * Reads `os/arch[/variant]` or `arch[/variant]` (then the OS is linux), as users type it.
 * Returns undefined where the text is no platform; the caller words the error.
 */
export function parsePlatform(text: string): Platform | undefined {
  const parts = text.trim().split('/')
  if (parts.length > 3 || parts.some(part => !/^[A-Za-z0-9_.-]+$/.test(part))) return undefined
  const [first, second, third] = parts as [string, string?, string?]
  const namesOs = /^(linux|windows|darwin|freebsd|wasi|wasip1|android|solaris|netbsd|openbsd)$/i.test(first)
  if (namesOs && second === undefined) return undefined
  if (!namesOs && third !== undefined) return undefined
  return namesOs
    ? normalizePlatform({ os: first, architecture: second as string, ...(third ? { variant: third } : {}) })
    : normalizePlatform({ os: 'linux', architecture: first, ...(second ? { variant: second } : {}) })
}

/** Whether `wanted` selects `platform`: fields that `wanted` leaves out match anything, except arm's variant. */
export function matchesPlatform(wanted: Platform, platform: Platform): boolean {
  const a = normalizePlatform(wanted)
  const b = normalizePlatform(platform)
  return a.os === b.os && a.architecture === b.architecture && (a.variant ?? '') === (b.variant ?? '')
}

/** Byte-wise order of two texts, so that sorted output is the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
