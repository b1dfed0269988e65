import { normalizePlatform, type Platform } from '../../model/platform.js'
import type { RawConfig, RawPlatform } from '../content/manifest-schema.js'

/**
 * The platform that a descriptor names, normalised; undefined where it names none: absent, empty, or
 * `unknown/unknown`.
 */
export function readDescriptorPlatform(raw: RawPlatform | undefined): Platform | undefined {
  if (!raw?.os || !raw.architecture) return undefined
  if (raw.os === 'unknown' || raw.architecture === 'unknown') return undefined
  return normalizePlatform(convertPlatform(raw.os, raw.architecture, raw))
}

/**
 * What a config claims, normalised. What it leaves out counts as agreeing with the descriptor: many builders write no
 * variant into configs. Undefined where neither of the two names os and architecture.
 */
export function readConfigPlatform(raw: RawConfig, descriptor: Platform | undefined): Platform | undefined {
  const os = raw.os || descriptor?.os
  const architecture = raw.architecture || descriptor?.architecture
  if (!os || !architecture) return undefined
  const own = normalizePlatform(convertPlatform(os, architecture, raw))
  if (descriptor === undefined || own.os !== descriptor.os || own.architecture !== descriptor.architecture)
    return own
  return {
    ...own,
    ...(raw.variant || descriptor.variant === undefined ? {} : { variant: descriptor.variant }),
    ...(raw['os.version'] || descriptor.osVersion === undefined ? {} : { osVersion: descriptor.osVersion }),
    ...(descriptor.osFeatures === undefined ? {} : { osFeatures: descriptor.osFeatures }),
  }
}

/** Whether descriptor and config speak of different systems; `os.version` alone is no difference. */
export function contradicts(descriptor: Platform, config: Platform): boolean {
  return (
    descriptor.os !== config.os ||
    descriptor.architecture !== config.architecture ||
    (descriptor.variant ?? '') !== (config.variant ?? '')
  )
}

function convertPlatform(
  os: string,
  architecture: string,
  raw: Pick<RawPlatform, 'variant' | 'os.version'> & { readonly 'os.features'?: unknown },
): Platform {
  const features = raw['os.features']
  return {
    os,
    architecture,
    ...(raw.variant ? { variant: raw.variant } : {}),
    ...(raw['os.version'] ? { osVersion: raw['os.version'] } : {}),
    ...(Array.isArray(features) && features.length > 0 ? { osFeatures: features as string[] } : {}),
  }
}
