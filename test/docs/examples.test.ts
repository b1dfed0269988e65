import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { listCodeBlocks, listPages, ROOT } from './pages.js'

/** Every TypeScript example that is a file of its own: it imports what it uses. */
function listExamples(): { name: string; code: string }[] {
  return listPages().flatMap(page =>
    listCodeBlocks(page.text)
      .filter(block => block.language === 'ts' && /^import .* from 'archparity/m.test(block.code))
      .map(block => ({ name: `${page.file.replaceAll(/[/.]/g, '-')}-${block.line}.ts`, code: block.code })),
  )
}

test('the examples of the documentation compile against the public API', { timeout: 120_000 }, async () => {
  const examples = listExamples()
  expect(examples.length).toBeGreaterThan(10)
  const folder = await mkdtemp(path.join(tmpdir(), 'examples-'))
  try {
    await mkdir(path.join(folder, 'src'))
    for (const { name, code } of examples) await writeFile(path.join(folder, 'src', name), code)
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: path.join(ROOT, 'tsconfig.json'),
        compilerOptions: {
          types: ['node'],
          typeRoots: [path.join(ROOT, 'node_modules/@types')],
          paths: {
            archparity: [path.join(ROOT, 'src/index.ts')],
            'archparity/suite': [path.join(ROOT, 'src/worker/suite.ts')],
            'archparity/vitest': [path.join(ROOT, 'src/vitest.ts')],
          },
        },
        include: [path.join(folder, 'src')],
      }),
    )
    const errors = await runCompiler(folder)
    // What is wrong in src/ is for the compiler's own run to say.
    expect(errors.filter(line => line.includes('.md-') || /^src\/\S+-md-\d+\.ts/.test(line))).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

function runCompiler(folder: string): Promise<string[]> {
  const compiler = path.join(ROOT, 'node_modules/.bin/tsc')
  return new Promise((resolve, reject) => {
    execFile(
      compiler,
      ['--noEmit', '--pretty', 'false', '-p', folder],
      { cwd: folder },
      (error, stdout, stderr) => {
        if (typeof error?.code === 'string') reject(error)
        else if (stderr !== '') reject(new Error(stderr))
        else resolve(stdout.split('\n').filter(line => line !== ''))
      },
    )
  })
}
