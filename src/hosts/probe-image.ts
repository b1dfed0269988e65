import { makeProbeProgram, PROBE_PADDING } from './probe-program.js'
import { buildScratchImage, type ScratchImage } from './scratch-image.js'

/** Where the image has its one file. */
export const PROBE_PATH = '/probe'

/** Makes the image of an architecture's probe program; undefined where there is no such program. */
export async function buildProbeImage(
  architecture: string,
  labels: Readonly<Record<string, string>>,
): Promise<ScratchImage | undefined> {
  const program = makeProbeProgram(architecture)
  if (program === undefined) return undefined
  const env = [PROBE_PADDING.join('=')]
  return buildScratchImage({ architecture, path: PROBE_PATH, program, env }, labels)
}
