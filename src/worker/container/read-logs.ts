import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { createFrameParser } from '../../hosts/frames.js'
import { ByteCollector, captureBytes } from '../exec/byte-collector.js'
import type { LogsResult } from './results.js'

/** Reads what the container's own process has written so far. */
export async function readContainerLogs(container: Docker.Container, limit: number): Promise<LogsResult> {
  const stream = await openLogs(container)
  const stdout = new ByteCollector(limit)
  const stderr = new ByteCollector(limit)
  const parse = createFrameParser((which, payload) => (which === 1 ? stdout : stderr).push(payload))
  await new Promise<void>((resolve, reject) => {
    stream.on('data', parse)
    stream.on('end', resolve)
    stream.on('error', reject)
  })
  const out = stdout.finish()
  const err = stderr.finish()
  return {
    stdout: out.kept.toString('utf8'),
    stderr: err.kept.toString('utf8'),
    stdoutBytes: out.kept,
    stderrBytes: err.kept,
    observation: { kind: 'logs', stdout: captureBytes(out), stderr: captureBytes(err) },
  }
}

/** Past the client's own call, which holds all of a log in memory. */
function openLogs(container: Docker.Container): Promise<Readable> {
  const options = {
    // The client adds the query, and cuts the last character off one that is there already.
    path: `/containers/${container.id}/logs?`,
    options: { stdout: true, stderr: true },
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
  }
  return new Promise((resolve, reject) => {
    container.modem.dial(options, (error: unknown, stream: unknown) =>
      error ? reject(error) : resolve(stream as Readable),
    )
  })
}
