import type { Digest } from '../../model/digest.js'
import type { Descriptor, HistoryEntry, ImageConfig } from '../../model/image.js'
import type { RawConfig, RawDescriptor } from '../content/manifest-schema.js'
import { readDescriptorPlatform } from './read-platform.js'

/** A descriptor in the model's words. */
export function convertDescriptor(raw: RawDescriptor): Descriptor {
  const platform = readDescriptorPlatform(raw.platform)
  return {
    mediaType: raw.mediaType ?? '',
    digest: raw.digest as Digest,
    size: raw.size,
    ...(platform === undefined ? {} : { platform }),
    ...(raw.annotations === undefined ? {} : { annotations: raw.annotations }),
    ...(raw.artifactType === undefined ? {} : { artifactType: raw.artifactType }),
  }
}

/** The parts of a config that a run needs, in the model's words. */
export function convertConfig(raw: RawConfig): ImageConfig {
  const config = raw.config
  const labels = Object.entries(config?.Labels ?? {}).map(([name, value]) => [name, value ?? ''] as const)
  return {
    env: config?.Env ?? [],
    ...(config?.Entrypoint === undefined ? {} : { entrypoint: config.Entrypoint }),
    ...(config?.Cmd === undefined ? {} : { command: config.Cmd }),
    ...(config?.User ? { user: config.User } : {}),
    ...(config?.WorkingDir ? { workingDir: config.WorkingDir } : {}),
    exposedPorts: config?.ExposedPorts ?? [],
    volumes: config?.Volumes ?? [],
    labels: Object.fromEntries(labels),
    ...(config?.Healthcheck?.Test === undefined ? {} : { healthcheck: config.Healthcheck.Test }),
    ...(config?.StopSignal ? { stopSignal: config.StopSignal } : {}),
    diffIds: raw.rootfs?.diff_ids ?? [],
    ...(raw.history.length === 0 ? {} : { history: raw.history.slice(0, MAX_HISTORY).map(convertStep) }),
  }
}

/** Steps that are kept, and characters of each: a config may hold four megabytes of them. */
const MAX_HISTORY = 500
const MAX_COMMAND = 2000

function convertStep(raw: RawConfig['history'][number]): HistoryEntry {
  return { createdBy: (raw.created_by ?? '').slice(0, MAX_COMMAND), emptyLayer: raw.empty_layer ?? false }
}
