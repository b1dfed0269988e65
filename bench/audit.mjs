/**
 * The static audit of an OCI layout against the floor, in one run:
 *   gzip -dc   every distinct layer of the layout unpacked to nowhere, one after another
 *   audit      the real command line with an empty cache: wall clock, CPU time of its whole process, peak memory
 *   again      the same once more, from the cache
 * CPU time is what counts against the floor, since gzip uses one core and node several threads.
 * Usage: node bench/audit.mjs LAYOUT_FOLDER [ROUNDS]
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { CLI, makeFolder } from './parts/places.mjs'
import { takeMedian } from './parts/take-median.mjs'

const [layout, rounds = '3'] = process.argv.slice(2)
if (layout === undefined) {
  process.stderr.write('usage: node bench/audit.mjs LAYOUT_FOLDER [ROUNDS]\n')
  process.exit(2)
}

const home = makeFolder()
try {
  main()
} finally {
  rmSync(home, { recursive: true, force: true })
}

function main() {
  const { layers, platforms } = listLayers()
  const stored = sum(layers.map(({ size }) => size))
  const unpacked = sum(layers.map(({ digest }) => countUnpacked(digest)))
  const lists = { floor: [], audit: [], again: [] }
  for (let round = 0; round < Number(rounds); round++) {
    lists.floor.push(measureFloor(layers))
    rmSync(path.join(home, 'archparity'), { recursive: true, force: true })
    lists.audit.push(measureAudit())
    lists.again.push(measureAudit())
  }
  const [floor, audit, again] = [lists.floor, lists.audit, lists.again].map(takeMedians)
  const toMb = bytes => (bytes / 1e6).toFixed(0)
  process.stdout.write(
    [
      `${platforms} platforms, ${layers.length} layers: ${toMb(stored)} MB stored, ${toMb(unpacked)} MB unpacked, median of ${rounds} rounds`,
      `  gzip -dc of every layer   ${floor.cpu.toFixed(1)} s of CPU, ${floor.wall.toFixed(1)} s`,
      `  archparity audit          ${audit.cpu.toFixed(1)} s of CPU, ${audit.wall.toFixed(1)} s, peak ${toMb(audit.rss)} MB: ${(audit.cpu / floor.cpu).toFixed(2)} times the floor's CPU, ${(audit.wall / floor.wall).toFixed(2)} times its time`,
      `  archparity audit, again   ${again.cpu.toFixed(1)} s of CPU, ${again.wall.toFixed(2)} s, peak ${toMb(again.rss)} MB`,
      '',
    ].join('\n'),
  )
}

function listLayers() {
  const read = digest => JSON.parse(readFileSync(locate(digest), 'utf8'))
  const [root] = JSON.parse(readFileSync(path.join(layout, 'index.json'), 'utf8')).manifests
  const manifests = read(root.digest).manifests.map(({ digest }) => read(digest))
  const layers = new Map(manifests.flatMap(manifest => manifest.layers.map(layer => [layer.digest, layer])))
  return { layers: [...layers.values()], platforms: manifests.length }
}

function locate(digest) {
  return path.join(layout, 'blobs', ...digest.split(':'))
}

function countUnpacked(digest) {
  return Number(
    execFileSync('sh', ['-c', 'gzip -dc "$1" | wc -c', 'sh', locate(digest)], { encoding: 'utf8' }),
  )
}

function measureFloor(layers) {
  const before = process.resourceUsage()
  const files = layers.map(({ digest }) => locate(digest))
  const script = 'for f; do gzip -dc "$f" >/dev/null; done; times'
  const began = performance.now()
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', ...files], { encoding: 'utf8' })
  const wall = (performance.now() - began) / 1000
  // `times` ends with the CPU time of the children: `0m4.520000s 0m0.310000s`.
  const cpu = sum(
    [...(stdout.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
    ),
  )
  return { wall, cpu, rss: before.maxRSS }
}

function measureAudit() {
  const script = `
    process.on('exit', () => {
      const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
      process.stderr.write('\\n' + JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, rss: maxRSS * 1024 }))
    })
    await import(${JSON.stringify(CLI)})`
  const began = performance.now()
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, '--', 'audit', `oci:${path.resolve(layout)}`],
    { encoding: 'utf8', cwd: home, env: { ...process.env, XDG_CACHE_HOME: home } },
  )
  const wall = (performance.now() - began) / 1000
  if (status !== 0 && status !== 1) throw new Error(stderr)
  return { wall, ...JSON.parse(stderr.split('\n').at(-1) ?? '') }
}

function takeMedians(rows) {
  return Object.fromEntries(['wall', 'cpu', 'rss'].map(key => [key, takeMedian(rows.map(row => row[key]))]))
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
