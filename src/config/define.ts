import type { ArchparityConfig } from './schema.js'

/** Gives the configuration back as it is; it is there so that editors know what a configuration may hold. */
export function defineConfig(config: ArchparityConfig): ArchparityConfig {
  return config
}
