// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './places.mjs'
import { runCommand } from './run-command.mjs'
import { say } from './say.mjs'

const CACHE = 'node_modules/.cache/tsc'

/**
 * Compiles src/ to dist/ where a source has changed since the last time.
 * @param {{ root?: string, signal?: AbortSignal }} [options]
 */
export async function ensureBuild({ root = ROOT, signal } = {}) {
  const sources = listSources(root)
  const stamp = path.join(root, CACHE, 'build.stamp')
  const before = readStamp(stamp)
  const files = sources.map(source => source.file)
  const fingerprint = fingerprintSources(sources)
  if (before?.fingerprint === fingerprint && existsSync(path.join(root, 'dist'))) return
  say('building (tsc)')
  // tsc neither removes the output of a deleted source nor rewrites output that somebody removed.
  if (!existsSync(path.join(root, 'dist')) || before?.files.some(file => !files.includes(file))) {
    rmSync(path.join(root, 'dist'), { recursive: true, force: true })
    rmSync(path.join(root, CACHE, 'build.tsbuildinfo'), { force: true })
  }
  rmSync(stamp, { force: true })
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc')
  await runCommand(tsc, ['-p', 'tsconfig.build.json'], { cwd: root, signal })
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, JSON.stringify({ fingerprint, files }))
}

/**
 * @param {string} root
 * @returns {{ file: string, state: string }[]}
 */
export function listSources(root) {
  const found = readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
  return ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...found.sort()].map(file => {
    const { mtimeMs, size } = statSync(path.join(root, file))
    return { file, state: `${mtimeMs} ${size}` }
  })
}

/** @param {{ file: string, state: string }[]} sources */
function fingerprintSources(sources) {
  const lines = sources.map(source => `${source.file} ${source.state}`)
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

/**
 * @param {string} stamp
 * @returns {{ fingerprint: string, files: string[] } | undefined}
 */
function readStamp(stamp) {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8'))
  } catch {
    return undefined
  }
}
