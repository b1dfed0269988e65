import type { Rule } from '../advice.js'

/** Layers that are compressed with zstd came with Docker 23.0.0 (its release notes; moby/moby#41759). */
export const checkEngineVersion: Rule = ({ facts: { engine } }) => {
  const major = Number(/^(\d+)\.\d/.exec(engine.version)?.[1])
  if (!engine.name.startsWith('Docker') || engine.imageStore !== 'classic' || !(major < 23)) return []
  return [
    {
      severity: 'note',
      title: `Docker ${engine.version} cannot pull images whose layers are compressed with zstd`,
      why: 'Docker 23 and later can: https://docs.docker.com/engine/install/. Or build with compression=gzip.',
    },
  ]
}
