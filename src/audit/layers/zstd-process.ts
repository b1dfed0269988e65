import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import type { CompressedSource } from './compressed-source.js'
import { DamagedLayer } from './damaged-layer.js'
import { passThrough } from './pass-through.js'

/**
 * The machine's own zstd, the fastest decoder there is. Node's (from 22.15 on) is no choice: it stops after the first
 * frame of several and takes a truncated one for whole.
 */
export function findZstd(folders = process.env.PATH ?? ''): string | undefined {
  const names = folders.split(path.delimiter).filter(path.isAbsolute)
  return names.map(folder => path.join(folder, 'zstd')).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Unpacks through `zstd -dc`, which by itself refuses windows of more than 128 MiB. Ends the process in any case. */
export async function* unpackWithZstd(source: CompressedSource, zstd: string): AsyncGenerator<Buffer> {
  const child = spawn(zstd, ['-dcq'], { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  ended.catch(error => child.stdout.destroy(error))
  let words = ''
  child.stderr.on('data', chunk => {
    words = (words + String(chunk)).slice(0, 300)
  })
  child.stdin.on('error', () => undefined)
  try {
    yield* passThrough(source, child.stdin, child.stdout)
    if ((await ended) !== 0) throw describeFailure(words)
  } finally {
    child.kill('SIGKILL')
  }
}

function describeFailure(words: string): DamagedLayer {
  if (/premature end|unexpected end/i.test(words)) {
    return new DamagedLayer('truncated', 'ends in the middle of its zstd data')
  }
  if (/memory|window/i.test(words)) {
    return new DamagedLayer('unsupported', 'is zstd data that needs more than 128 MiB of memory')
  }
  return new DamagedLayer('corrupt', 'has damaged zstd data')
}
