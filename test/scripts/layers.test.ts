import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { ROOT } from '../../scripts/setup/places.mjs'

/** Importing file → what it imports. */
const FORBIDDEN = [
  ['model/a', '../errors.js'],
  ['model/a', 'zod'],
  ['model/a', 'node:fs'],
  ['reference/a', '../cli/main.js'],
  ['registry/deep/a', '../../run/run-image.js'],
  ['hosts/a', '../run/owner.js'],
  ['targets/a', '../run/owner.js'],
  ['pull/a', '../cli/table.js'],
  ['config/a', '../cli/options.js'],
  ['compare/a', '../hosts/host.js'],
  ['compare/normalize/a', '../../run/owner.js'],
  ['attribute/a', '../hosts/host.js'],
  ['report/a', '../run/owner.js'],
  ['report/junit/a', '../../hosts/host.js'],
  ['worker/a', '../report/index.js'],
  ['worker/exec/a', '../../run/owner.js'],
  ['worker/a', '../cli/main.js'],
  ['run/a', '../cli/main.js'],
] as const

const ALLOWED = [
  ['model/a', './platform.js'],
  ['registry/a', '../reference/parse-reference.js'],
  ['registry/a', 'node:fs'],
  ['compare/a', '../model/platform.js'],
  ['report/a', '../attribute/attribute-run.js'],
  ['worker/a', '../hosts/host.js'],
  ['run/a', '../worker/context.js'],
  ['cli/a', '../run/run-image.js'],
] as const

/** Lints one file for each import, with the project's own rules. */
async function listViolations(imports: readonly (readonly [string, string])[]): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lab-layers-'))
  try {
    const config = JSON.parse(readFileSync(path.join(ROOT, 'biome.json'), 'utf8')) as Record<string, unknown>
    writeFileSync(path.join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }))
    const files = imports.map(([from, to], index) => {
      const file = path.join('src', `${from}${index}.ts`)
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
      writeFileSync(path.join(folder, file), `import type { A } from '${to}'\n\nexport type B = A\n`)
      return file
    })
    const biome = path.join(ROOT, 'node_modules', '.bin', 'biome')
    const only = ['--only=style/noRestrictedImports', '--max-diagnostics=none', '--reporter=github']
    const { stdout } = await execa(biome, ['lint', ...only, 'src'], { cwd: folder, reject: false })
    return files.flatMap((file, index) =>
      stdout.includes(`/${file},line=`) ? [imports[index]?.join(' → ') ?? ''] : [],
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('an import against the direction of the layers fails the lint', async () => {
  expect(await listViolations(FORBIDDEN)).toEqual(FORBIDDEN.map(pair => pair.join(' → ')))
})

test('an import along the layers passes', async () => {
  expect(await listViolations(ALLOWED)).toEqual([])
})
