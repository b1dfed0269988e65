// @ts-check
// `npm run bench [commands|structure|audit|hosts] [rounds]`: archparity against what people do without it, and against the floor; hosts
// against this machine (bench/).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pushLabImages } from './push-lab-images.mjs'
import { runScript } from './run-script.mjs'
import { setUp } from './setup/index.mjs'
import { ROOT } from './setup/places.mjs'

const IMAGE = 'debian-large'
const [first, ...rest] = process.argv.slice(2)
const JOBS = new Map([
  ['commands', measureCommands],
  ['structure', measureStructure],
  ['audit', measureAudit],
  ['hosts', measureHosts],
])
const named = JOBS.get(first ?? '')
const rounds = named ? rest : process.argv.slice(2)

await runScript(named ?? measureCommands)

/** @type {import('./run-script.mjs').Job} */
async function measureCommands(keep) {
  const ready = keep(await setUp({ build: true, engine: true, binfmt: true, registry: true }))
  const [image = ''] = await pushLabImages(['healthy'], ready.registry, 'bench')
  return await run(ready, 'command-checks.mjs', image)
}

/** @type {import('./run-script.mjs').Job} */
async function measureStructure(keep) {
  const ready = keep(await setUp({ build: true, engine: true, binfmt: true, registry: true }))
  if ((await ready.run('/usr/bin/python3', ['-c', 'import testinfra'], { cwd: ROOT })) !== 0) {
    process.stderr.write('This bench compares with pytest-testinfra: apt-get install python3-testinfra\n')
    return 2
  }
  const [image = ''] = await pushLabImages(['healthy'], ready.registry, 'bench')
  return await run(ready, 'structure-test.mjs', image)
}

/** @type {import('./run-script.mjs').Job} */
async function measureHosts(keep) {
  const ready = keep(await setUp({ build: true, engine: true, registry: true }))
  const [image = ''] = await pushLabImages(['healthy'], ready.registry, 'bench')
  return await run(ready, 'hosts.mjs', image)
}

/** @type {import('./run-script.mjs').Job} */
async function measureAudit(keep) {
  const ready = keep(await setUp({ build: true }))
  const folder = mkdtempSync(path.join(tmpdir(), 'archparity-bench-'))
  try {
    const write = path.join(ROOT, 'scripts', 'write-audit-layouts.mjs')
    const code = await ready.run(process.execPath, [write, folder, IMAGE], { cwd: ROOT })
    return code === 0 ? await run(ready, 'audit.mjs', path.join(folder, IMAGE)) : code
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {import('./setup/index.mjs').SetUp} ready
 * @param {string} bench
 * @param {string} subject
 */
async function run(ready, bench, subject) {
  const file = path.join(ROOT, 'bench', bench)
  return await ready.run(process.execPath, [file, subject, ...rounds], { cwd: ROOT })
}
