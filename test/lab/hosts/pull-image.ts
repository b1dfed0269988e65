import type Docker from 'dockerode'

/** Pulls as the engine's own client would; throws with what the stream says where it fails. */
export async function pullImage(engine: Docker, reference: string, platform?: string): Promise<void> {
  const stream = await engine.pull(reference, platform ? { platform } : {})
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(stream, error => (error ? reject(error) : resolve()))
  })
}
