// @ts-check
// `npm run matrix [NAME...]`: runs images with no suite declared, good ones and broken ones, and prints what was found
// beside what is wrong with them (docs/confusion-matrix.md).
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { importLab } from './import-lab.mjs'
import { runScript } from './run-script.mjs'
import { setUp } from './setup/index.mjs'
import { ROOT } from './setup/places.mjs'

const CLI = path.join(ROOT, 'dist', 'cli', 'main.js')

/** A finding of a broken image must have one of these causes: the second where evidence cannot decide. */
const CAUSES = ['architecture', 'unattributed']

/**
 * What the script reads of a finding.
 * @typedef {{ kind: string, cause: string, title: string, platforms: string[], checks: string[] }} Finding
 */

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
      const row = describeRow(one, report)
      if (row.verdict !== 'right') wrong += 1
      rows.push(`| ${row.cells.join(' | ')} |`)
      process.stdout.write(`${rows.at(-1)}\n`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  process.stdout.write(`\n${rows.join('\n')}\n`)
  return wrong === 0 ? 0 : 1
}

/**
 * @param {import('../test/lab/matrix.js').MatrixCase} one
 * @param {{ findings: Finding[], targets: unknown[], audit: { findings: { rule: string, severity: string }[] } | null }} report
 */
function describeRow({ name, about, platforms }, { findings, targets, audit }) {
  const isAudit = (/** @type {Finding} */ each) => each.kind === 'audit'
  const dynamic = findings.filter(each => !isAudit(each))
  const fits = (/** @type {Finding} */ each) =>
    CAUSES.includes(each.cause) && each.platforms.every(platform => platforms.includes(platform))
  const reached = new Set(findings.flatMap(each => each.platforms))
  const verdict = !findings.every(fits)
    ? 'WRONG'
    : platforms.every(platform => reached.has(platform))
      ? 'right'
      : 'MISSED'
  const suites = dynamic.map(each => {
    const files = [...new Set(each.checks.map(check => check.split(' > ')[0]?.replace('builtin/', '')))]
    return `${each.cause} on ${each.platforms.join(', ')} (${files.join(', ') || each.kind})`
  })
  const told = (audit?.findings ?? []).filter(each => each.severity !== 'note')
  const rules = [...new Set(told.map(each => each.rule))]
  const list = (/** @type {string[]} */ texts) => texts.join('; ') || '–'
  const where = platforms.length === 0 ? '' : ` (${platforms.join(', ')})`
  return {
    verdict,
    cells: [`\`${name}\``, `${about}${where}`, targets.length, list(suites), list(rules), verdict],
  }
}

await runScript(printMatrix)
