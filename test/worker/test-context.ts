import type { WorkerContext } from '../../src/worker/context.js'
import type { LabPlatform } from '../lab/platforms.js'
import type { TestImage } from './test-image.js'

/** What a worker would be told of a native target of this image; `changes` overrule it. */
export function makeContext(
  { name, image }: TestImage,
  { platform }: LabPlatform,
  changes: Partial<WorkerContext> = {},
): WorkerContext {
  return {
    target: {
      id: 'test native@local',
      label: 'test',
      platform,
      digest: image.manifest.digest,
      host: 'local',
      execution: 'native',
      reference: true,
      reason: 'a test',
    },
    pass: 'main',
    image: name,
    reference: name,
    imageConfig: image.imageConfig,
    shell: '/bin/sh',
    start: 'idle',
    reach: { kind: 'bridge', architecture: platform.architecture },
    env: {},
    timeScale: 1,
    limits: { commandTimeoutMs: 60_000, startTimeoutMs: 60_000, maxOutputBytes: 1_000_000 },
    labels: { 'org.archparity.test': 'true' },
    foreignPrograms: [],
    isolateDeclared: false,
    root: '/',
    ...changes,
  }
}
