import type Docker from 'dockerode'

/**
 * What an image prints on both streams, run by the engine natively or under an emulator; throws where it fails.
 * @param command instead of the image's own, as root
 */
export async function runInImage(
  engine: Docker,
  image: string,
  command?: readonly string[],
): Promise<string> {
  const container = await engine.createContainer({
    ...{ Image: image, HostConfig: { Init: true } },
    ...(command ? { Entrypoint: [...command], Cmd: [], User: 'root' } : {}),
  })
  try {
    await container.start()
    const { StatusCode } = (await container.wait()) as { StatusCode: number }
    const output = joinFrames(await container.logs({ stdout: true, stderr: true }))
    if (StatusCode !== 0)
      throw new Error(`${command?.join(' ') ?? image} ended with ${StatusCode}: ${output}`)
    return output
  } finally {
    await container.remove({ force: true, v: true })
  }
}

/** The engine's API, "Attach to a container": eight bytes before each piece, of which the last four are its length. */
function joinFrames(bytes: Buffer): string {
  const pieces: Buffer[] = []
  for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 4))
    pieces.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at + 4)))
  return Buffer.concat(pieces).toString()
}
