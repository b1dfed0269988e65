// @ts-check
// `npm run check`: everything that can be judged without running the tests; all failures are shown.
import path from 'node:path'
import { runScript } from './run-script.mjs'
import { setUp } from './setup/index.mjs'
import { ROOT } from './setup/places.mjs'
import { runCommand } from './setup/run-command.mjs'

/** Name → command of node_modules/.bin. attw: the package is ESM, so what CommonJS would see does not matter. */
const CHECKS = [
  ['types', 'tsc', '--noEmit', '--project', '.'],
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['unused files, exports, dependencies', 'knip'],
  ['package contents', 'publint', '--strict'],
  ['exported types', 'attw', '--pack', '.', '--profile', 'esm-only', '--format', 'ascii'],
]

await runScript(async keep => {
  keep(await setUp({ build: true }))
  let failed = 0
  for (const [name, command, ...args] of CHECKS) {
    const { exitCode, output } = await runCommand(
      path.join(ROOT, 'node_modules', '.bin', command ?? ''),
      args,
      {
        cwd: ROOT,
        allowFailure: true,
        env: { ...process.env, NO_COLOR: '1' },
      },
    )
    console.log(`${exitCode === 0 ? 'ok    ' : 'FAILED'} ${name} (${command})`)
    if (exitCode === 0) continue
    failed++
    console.log(output.replaceAll(/^/gm, '       '))
  }
  console.log(`${CHECKS.length - failed} of ${CHECKS.length} checks hold`)
  return failed === 0 ? 0 : 1
})
