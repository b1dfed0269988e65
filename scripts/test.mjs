// @ts-check
// `npm test`: the project's own tests, or with an image the run that the project is for (docs/development.md).
import path from 'node:path'
import { readTestArguments } from './arguments.mjs'
import { runScript } from './run-script.mjs'
import { setUp } from './setup/index.mjs'
import { ROOT } from './setup/places.mjs'

const job = readTestArguments(process.argv.slice(2), {
  root: ROOT,
  cwd: process.env.INIT_CWD ?? process.cwd(),
})

await runScript(job.kind === 'image' ? checkImage : runTests)

/** @type {import('./run-script.mjs').Job} */
async function checkImage(keep) {
  const ready = keep(await setUp({ build: true, engine: true, binfmt: true }))
  const image = job.kind === 'image' ? job.image : ''
  return await ready.run(process.execPath, [
    path.join(ROOT, 'dist', 'cli', 'main.js'),
    'run',
    image,
    ...job.args,
  ])
}

/** @type {import('./run-script.mjs').Job} */
async function runTests(keep) {
  const ready = keep(
    await setUp({ build: true, engine: true, binfmt: true, registry: true, labPackages: true }),
  )
  const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  return await ready.run(
    process.execPath,
    [vitest, 'run', '--config', 'test/vitest.config.ts', ...job.args],
    { cwd: ROOT },
  )
}
