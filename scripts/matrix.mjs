// @ts-check
// `npm run matrix [NAME...]`: runs images with no suite declared, good ones and broken ones, and prints what was found
// beside what should be (docs/confusion-matrix.md).
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { importLab } from './import-lab.mjs'
import { runScript } from './run-script.mjs'
import { setUp } from './setup/index.mjs'
import { ROOT } from './setup/places.mjs'

const CLI = path.join(ROOT, 'dist', 'cli', 'main.js')

/** @type {import('./run-script.mjs').Job} */
async function printMatrix(keep) {
  const ready = keep(
    await setUp({ build: true, engine: true, binfmt: true, registry: true, labPackages: true }),
  )
  /** @type {typeof import('../test/lab/matrix.js')} */
  const { listCases, pushCase } = await importLab('matrix.ts')
  const names = process.argv.slice(2)
  const cases = listCases().filter(({ name }) => names.length === 0 || names.includes(name))
  const folder = await mkdtemp(path.join(tmpdir(), 'archparity-matrix-'))
  /** @type {string[]} */
  const rows = []
  let wrong = 0
  try {
    for (const one of cases) {
      const image = await pushCase(one, ready.registry)
      const args = [CLI, 'run', image, '--reports', path.join(folder, one.name)]
      await ready.run(process.execPath, args, { cwd: folder })
      const report = JSON.parse(readFileSync(path.join(folder, one.name, 'report.json'), 'utf8'))
      /** @type {string[]} */
      const found = report.findings.map(describeFinding)
      const isRight = [...found].sort().join('; ') === [...one.expected].sort().join('; ')
      if (!isRight) wrong += 1
      const cells = [
        one.name,
        report.targets.length,
        say(one.expected),
        say(found),
        isRight ? 'right' : 'WRONG',
      ]
      rows.push(`| ${cells.join(' | ')} |`)
      process.stdout.write(`${rows.at(-1)}\n`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  process.stdout.write(`\n${rows.join('\n')}\n`)
  return wrong === 0 ? 0 : 1
}

/** @param {readonly string[]} findings */
const say = findings => (findings.length === 0 ? 'nothing' : findings.join('; '))

/** @param {{ cause: string, platforms: string[] }} finding */
const describeFinding = ({ cause, platforms }) => `${cause} on ${platforms.join(', ')}`

await runScript(printMatrix)
